using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using QwenVl.TensorRt.Logging;

namespace QwenVl.TensorRt.Callbacks;

/// <summary>
/// The ILogger that TensorRT is given: one object a generation, never freed, for the library keeps the first that it sees
/// until the process ends.
/// </summary>
internal static unsafe class NativeLogger
{
    private static readonly nint Name = Marshal.StringToCoTaskMemUTF8("ILogger");

    /// <summary>Before TensorRT 11: log, then two destructors.</summary>
    public static nint Generation10 { get; } = Object(PlainTable());

    /// <summary>Since TensorRT 11: a versioned interface.</summary>
    public static nint Generation11 { get; } = Object(CallbackTable.Create(&Info, LogFunction));

    public static nint For(Abi.TensorRtAbi abi) => abi.IsGeneration11 ? Generation11 : Generation10;

    private static nint LogFunction => (nint)(delegate* unmanaged[MemberFunction]<nint, int, byte*, void>)&Log;

    private static nint* PlainTable()
    {
        var table = (nint*)NativeMemory.Alloc(3, (nuint)sizeof(nint));
        table[0] = LogFunction;
        table[1] = table[2] = CallbackTable.Destructor;
        return table;
    }

    private static nint Object(nint* table)
    {
        var self = (nint*)NativeMemory.Alloc(1, (nuint)sizeof(nint));
        *self = (nint)table;
        return (nint)self;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvMemberFunction)])]
    private static InterfaceInfo Info(nint self) => new(Name, 1, 0);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvMemberFunction)])]
    private static void Log(nint self, int severity, byte* message)
    {
        try
        {
            if (message is not null) TensorRtLog.Write((LogSeverity)severity, MemoryMarshal.CreateReadOnlySpanFromNullTerminated(message));
        }
#pragma warning disable CA1031 // Nothing may unwind TensorRT's frames.
        catch (Exception)
        {
        }
#pragma warning restore CA1031
    }
}
