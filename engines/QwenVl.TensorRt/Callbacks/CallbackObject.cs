using System.Runtime.InteropServices;

namespace QwenVl.TensorRt.Callbacks;

/// <summary>
/// A native object that native code calls back through: one word with the vtable, one with the managed target. It lives
/// until it is disposed and all objects that hold it are gone.
/// </summary>
internal sealed unsafe class CallbackObject : SafeHandle
{
    private GCHandle _target;

    public CallbackObject(nint* table, object target)
        : base(0, ownsHandle: true)
    {
        var memory = (nint*)NativeMemory.Alloc(2, (nuint)sizeof(nint));
        _target = GCHandle.Alloc(target);
        memory[0] = (nint)table;
        memory[1] = GCHandle.ToIntPtr(_target);
        SetHandle((nint)memory);
    }

    public override bool IsInvalid => handle == 0;

    /// <summary>The managed object behind a native one.</summary>
    public static T Target<T>(nint self)
        where T : class => (T)GCHandle.FromIntPtr(((nint*)self)[1]).Target!;

    protected override bool ReleaseHandle()
    {
        _target.Free();
        NativeMemory.Free((void*)handle);
        return true;
    }
}
