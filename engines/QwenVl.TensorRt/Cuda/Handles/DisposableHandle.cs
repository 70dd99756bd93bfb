using System.Runtime.InteropServices;

namespace QwenVl.TensorRt.Cuda.Handles;

/// <summary>A handle that knows when its owner gave it up: a closed one is only known after the last user let go.</summary>
internal abstract class DisposableHandle() : SafeHandle(0, ownsHandle: true)
{
    private volatile bool _disposed;

    public bool IsDisposed => _disposed;

    public override bool IsInvalid => handle == 0;

    protected override void Dispose(bool disposing)
    {
        _disposed = true;
        base.Dispose(disposing);
    }
}
