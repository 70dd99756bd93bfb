using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace QwenVl.TensorRt.Callbacks;

/// <summary>
/// An IStreamReaderV2 over a seekable <see cref="Stream"/>. TensorRT may ask for bytes in device memory, which are copied
/// there through a buffer on the host.
/// </summary>
internal sealed unsafe class NativeStreamReader
{
    private const int Chunk = 1 << 24;

    private static readonly nint Name = Marshal.StringToCoTaskMemUTF8("IStreamReaderV2");
    private static readonly nint* Table = CallbackTable.Create(
        &Info,
        (nint)(delegate* unmanaged[MemberFunction]<nint, byte*, long, nint, long>)&Read,
        (nint)(delegate* unmanaged[MemberFunction]<nint, long, int, byte>)&Seek);

    private readonly Stream _stream;
    private readonly long _start;
    private readonly IDeviceMemory _device;
    private byte[]? _buffer;

    public NativeStreamReader(Stream stream, IDeviceMemory device)
    {
        _stream = stream;
        _start = stream.Position;
        _device = device;
        Native = new CallbackObject(Table, this);
    }

    public CallbackObject Native { get; }

    /// <summary>The stream's exception, which ended the loading.</summary>
    public Exception? Error { get; private set; }

    private long Fill(byte* target, long length, nint cudaStream)
    {
        if (Error is not null) return -1;
        try
        {
            return _device.Holds((nint)target) ? FillDevice(target, length, cudaStream) : FillHost(target, length);
        }
#pragma warning disable CA1031 // It must not unwind TensorRT's frames; the loading's caller gets it.
        catch (Exception error)
        {
            Error = error;
            return -1;
        }
#pragma warning restore CA1031
    }

    private long FillHost(byte* target, long length)
    {
        long done = 0;
        while (done < length)
        {
            int read = _stream.Read(new Span<byte>(target + done, (int)Math.Min(Chunk, length - done)));
            if (read == 0) break;
            done += read;
        }

        return done;
    }

    private long FillDevice(byte* target, long length, nint cudaStream)
    {
        _buffer ??= new byte[Chunk];
        long done = 0;
        while (done < length)
        {
            int read = _stream.ReadAtLeast(_buffer.AsSpan(0, (int)Math.Min(Chunk, length - done)), 1, throwOnEndOfStream: false);
            if (read == 0) break;
            _device.Copy((nint)target + (nint)done, _buffer.AsSpan(0, read), cudaStream);
            done += read;
        }

        return done;
    }

    private bool Move(long offset, int origin)
    {
        if (Error is not null) return false;
        try
        {
            // Offsets of TensorRT count from where the plan begins, which need not be where the stream does.
            long position = origin switch
            {
                (int)SeekOrigin.Begin => _start + offset,
                (int)SeekOrigin.Current => _stream.Position + offset,
                _ => _stream.Length + offset,
            };
            if (position < _start) return false;
            _stream.Position = position;
            return true;
        }
#pragma warning disable CA1031 // It must not unwind TensorRT's frames; the loading's caller gets it.
        catch (Exception error)
        {
            Error = error;
            return false;
        }
#pragma warning restore CA1031
    }

    private static NativeStreamReader Of(nint self) => CallbackObject.Target<NativeStreamReader>(self);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvMemberFunction)])]
    private static InterfaceInfo Info(nint self) => new(Name, 1, 0);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvMemberFunction)])]
    private static long Read(nint self, byte* target, long length, nint cudaStream) => Of(self).Fill(target, length, cudaStream);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvMemberFunction)])]
    private static byte Seek(nint self, long offset, int origin) => Of(self).Move(offset, origin) ? (byte)1 : (byte)0;
}
