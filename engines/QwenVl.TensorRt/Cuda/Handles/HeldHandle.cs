namespace QwenVl.TensorRt.Cuda.Handles;

/// <summary>Keeps a handle from being freed by another thread during a native call.</summary>
internal readonly ref struct HeldHandle
{
    private readonly DisposableHandle _handle;

    /// <param name="handle">What to hold.</param>
    /// <param name="owner">Whose it is, for the error's name.</param>
    /// <exception cref="ObjectDisposedException">It is disposed.</exception>
    public HeldHandle(DisposableHandle handle, object owner)
    {
        ObjectDisposedException.ThrowIf(handle.IsDisposed, owner);
        bool added = false;
        handle.DangerousAddRef(ref added);
        _handle = handle;
    }

    public nint Value => _handle.DangerousGetHandle();

    public void Dispose() => _handle.DangerousRelease();
}
