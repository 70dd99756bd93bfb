using System.Runtime.InteropServices;
using QwenVl.TensorRt.Abi;

namespace QwenVl.TensorRt.Objects;

/// <summary>
/// A native object of TensorRT. It keeps the objects alive that it was made from, so the native ones go in the right order
/// whatever the order of disposing: what it owns, itself, what it retained, its parents.
/// </summary>
internal sealed unsafe class NativeObject : SafeHandle
{
    /// <summary>Factory objects: complete destructor, then the one that also frees.</summary>
    private const int DeletingDestructor = 1;

    // Without a usable driver some versions answer with null plus the offset of a base class.
    private const nint LeastPointer = 4096;

    private readonly Lock _gate = new();
    private readonly NativeObject[] _parents;
    private readonly List<SafeHandle> _retained = [];
    private readonly List<(nint Object, int Destructor)> _owned = [];
    private readonly ObjectKind _kind;

    private NativeObject(nint pointer, TensorRtAbi abi, ObjectKind kind, params NativeObject[] parents)
        : base(0, ownsHandle: true)
    {
        Abi = abi;
        _kind = kind;
        _parents = parents;
        int held = 0;
        try
        {
            for (; held < parents.Length; held++) Hold(parents[held]);
            SetHandle(pointer);
        }
        catch
        {
            while (held-- > 0) parents[held].DangerousRelease();
            throw;
        }
    }

    public override bool IsInvalid => handle == 0;

    public TensorRtAbi Abi { get; }

    /// <summary>The interface pointer, which is what other objects' methods take. Valid while the object is held.</summary>
    public nint Pointer => handle;

    public static bool IsObject(nint pointer) => pointer is < 0 or >= LeastPointer;

    /// <summary>An object that is deleted through its interface.</summary>
    public static NativeObject Create(nint pointer, TensorRtAbi abi, params NativeObject[] parents) => new(pointer, abi, ObjectKind.Deleted, parents);

    /// <summary>An object that another one frees.</summary>
    public static NativeObject Borrow(nint pointer, TensorRtAbi abi, params NativeObject[] parents) => new(pointer, abi, ObjectKind.Borrowed, parents);

    /// <summary>The parser, whose vtable is its own; it is freed with its network, whose weights it holds.</summary>
    public static NativeObject BorrowPlain(nint pointer, TensorRtAbi abi, params NativeObject[] parents) => new(pointer, abi, ObjectKind.BorrowedPlain, parents);

    /// <summary>Begins a call: the object lives until the result is disposed.</summary>
    /// <exception cref="ObjectDisposedException">The object was disposed.</exception>
    /// <exception cref="NotSupportedException">The loaded version has no such method.</exception>
    public NativeCall Call(in Method method)
    {
        int slot = Abi.Slot(method);
        Hold(this);
        nint self = _kind is ObjectKind.BorrowedPlain ? handle : *(nint*)(handle + sizeof(nint));
        return new NativeCall(this, self, (*(void***)self)[slot]);
    }

    /// <summary>Keeps a handle alive for as long as this object lives.</summary>
    public void Retain(SafeHandle other)
    {
        Hold(other);
        lock (_gate) _retained.Add(other);
    }

    /// <summary>Frees a plain object before this one.</summary>
    public void Own(nint other, int destructor)
    {
        lock (_gate) _owned.Add((other, destructor));
    }

    protected override bool ReleaseHandle()
    {
        foreach ((nint other, int destructor) in _owned) Delete(other, destructor);
        if (_kind is ObjectKind.Deleted) Delete(handle, DeletingDestructor);
        foreach (SafeHandle other in _retained) other.DangerousRelease();
        foreach (NativeObject parent in _parents) parent.DangerousRelease();
        return true;
    }

    private static void Delete(nint pointer, int destructor) => ((delegate* unmanaged[MemberFunction]<nint, void>)(*(void***)pointer)[destructor])(pointer);

    private static void Hold(SafeHandle other)
    {
        bool held = false;
        other.DangerousAddRef(ref held);
    }

    private enum ObjectKind
    {
        Deleted,
        Borrowed,
        BorrowedPlain,
    }
}
