using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace QwenVl.TensorRt.Callbacks;

/// <summary>An IStreamWriter over a <see cref="Stream"/>: a plan goes to its file without a second copy of it in memory.</summary>
internal sealed unsafe class NativeStreamWriter
{
    // TensorRT hands over whole weights, which can be larger than a span.
    private const int Chunk = 1 << 26;

    private static readonly nint Name = Marshal.StringToCoTaskMemUTF8("IStreamWriter");
    private static readonly nint* Table = CallbackTable.Create(&Info, (nint)(delegate* unmanaged[MemberFunction]<nint, byte*, long, long>)&Write);

    private readonly Stream _stream;

    public NativeStreamWriter(Stream stream)
    {
        _stream = stream;
        Native = new CallbackObject(Table, this);
    }

    public CallbackObject Native { get; }

    /// <summary>Bytes that the stream took.</summary>
    public long Written { get; private set; }

    /// <summary>The stream's exception, which ended the build.</summary>
    public Exception? Error { get; private set; }

    public static void Copy(byte* source, long length, Stream stream)
    {
        for (long done = 0; done < length; done += Chunk)
            stream.Write(new ReadOnlySpan<byte>(source + done, (int)Math.Min(Chunk, length - done)));
    }

    private long Take(byte* source, long length)
    {
        if (Error is not null) return 0;
        try
        {
            Copy(source, length, _stream);
            Written += length;
            return length;
        }
#pragma warning disable CA1031 // It must not unwind TensorRT's frames; the build's caller gets it.
        catch (Exception error)
        {
            Error = error;
            return 0;
        }
#pragma warning restore CA1031
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvMemberFunction)])]
    private static InterfaceInfo Info(nint self) => new(Name, 1, 0);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvMemberFunction)])]
    private static long Write(nint self, byte* source, long length) => CallbackObject.Target<NativeStreamWriter>(self).Take(source, length);
}
