using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace QwenVl.TensorRt.Callbacks;

/// <summary>
/// The vtable of an interface that this library implements: language, information, two destructors, then the methods. It is
/// made once in the process and never freed, for native code may hold it until the end.
/// </summary>
internal static unsafe class CallbackTable
{
    public const int LanguageSlot = 0;
    public const int InfoSlot = 1;
    public const int FirstMethodSlot = 4;

    /// <summary>TensorRT's APILanguage::kCPP: the objects follow the C++ layout.</summary>
    private const int ApiLanguageCpp = 0;

    public static nint* Create(delegate* unmanaged[MemberFunction]<nint, InterfaceInfo> info, params ReadOnlySpan<nint> methods)
    {
        var table = (nint*)NativeMemory.Alloc((nuint)(FirstMethodSlot + methods.Length), (nuint)sizeof(nint));
        table[LanguageSlot] = (nint)(delegate* unmanaged[MemberFunction]<nint, int>)&Language;
        table[InfoSlot] = (nint)info;
        table[2] = (nint)(delegate* unmanaged[MemberFunction]<nint, void>)&Destroy;
        table[3] = (nint)(delegate* unmanaged[MemberFunction]<nint, void>)&Destroy;
        methods.CopyTo(new Span<nint>(table + FirstMethodSlot, methods.Length));
        return table;
    }

    /// <summary>A destructor for tables without the versioned beginning.</summary>
    public static nint Destructor => (nint)(delegate* unmanaged[MemberFunction]<nint, void>)&Destroy;

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvMemberFunction)])]
    private static int Language(nint self) => ApiLanguageCpp;

    // The memory belongs to the managed side, which frees it when its handle goes.
    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvMemberFunction)])]
    private static void Destroy(nint self)
    {
    }
}
