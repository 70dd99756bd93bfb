using System.Runtime.InteropServices;

namespace QwenVl.TensorRt.Objects;

/// <summary>
/// One call of a native method: who it is called on and where it lies. Members for the signatures that are common; others
/// cast <see cref="Function"/>, so that each signature stands where it is used.
/// </summary>
internal readonly unsafe ref struct NativeCall(SafeHandle holder, nint self, void* function)
{
    /// <summary>What the method takes as <c>this</c>: the implementation behind the interface.</summary>
    public nint This => self;

    public void* Function => function;

    public void Dispose() => holder.DangerousRelease();

    public void Invoke() => ((delegate* unmanaged[MemberFunction]<nint, void>)function)(self);

    public void Invoke(int argument) => ((delegate* unmanaged[MemberFunction]<nint, int, void>)function)(self, argument);

    public void Invoke(nint argument) => ((delegate* unmanaged[MemberFunction]<nint, nint, void>)function)(self, argument);

    public void Invoke(bool argument) => ((delegate* unmanaged[MemberFunction]<nint, byte, void>)function)(self, argument ? (byte)1 : (byte)0);

    public bool Test() => ((delegate* unmanaged[MemberFunction]<nint, byte>)function)(self) != 0;

    public bool Test(int argument) => ((delegate* unmanaged[MemberFunction]<nint, int, byte>)function)(self, argument) != 0;

    public bool Test(nint argument) => ((delegate* unmanaged[MemberFunction]<nint, nint, byte>)function)(self, argument) != 0;

    public int Int32() => ((delegate* unmanaged[MemberFunction]<nint, int>)function)(self);

    public int Int32(nint argument) => ((delegate* unmanaged[MemberFunction]<nint, nint, int>)function)(self, argument);

    public long Int64() => ((delegate* unmanaged[MemberFunction]<nint, long>)function)(self);

    public long Int64(int argument) => ((delegate* unmanaged[MemberFunction]<nint, int, long>)function)(self, argument);

    public long Int64(nint argument) => ((delegate* unmanaged[MemberFunction]<nint, nint, long>)function)(self, argument);

    public nint Pointer() => ((delegate* unmanaged[MemberFunction]<nint, nint>)function)(self);

    public nint Pointer(int argument) => ((delegate* unmanaged[MemberFunction]<nint, int, nint>)function)(self, argument);

    public nint Pointer(nint argument) => ((delegate* unmanaged[MemberFunction]<nint, nint, nint>)function)(self, argument);

    public TensorShape Shape() => ((delegate* unmanaged[MemberFunction]<nint, TensorShape>)function)(self);

    public TensorShape Shape(nint argument) => ((delegate* unmanaged[MemberFunction]<nint, nint, TensorShape>)function)(self, argument);

    /// <summary>Text that the native object owns, copied.</summary>
    public string Text() => Marshal.PtrToStringUTF8(Pointer()) ?? "";

    public string Text(int argument) => Marshal.PtrToStringUTF8(Pointer(argument)) ?? "";
}
