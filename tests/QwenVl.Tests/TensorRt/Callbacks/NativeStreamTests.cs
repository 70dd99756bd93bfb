using QwenVl.TensorRt.Callbacks;

namespace QwenVl.Tests.TensorRt.Callbacks;

public sealed unsafe class NativeStreamTests
{
    private static readonly byte[] Bytes = [.. Enumerable.Range(0, 100).Select(value => (byte)value)];

    [Fact]
    public void Bytes_written_by_native_code_arrive_in_the_stream()
    {
        using var stream = new MemoryStream();
        var writer = new NativeStreamWriter(stream);
        using CallbackObject native = writer.Native;

        Assert.Equal(60, Write(native, Bytes.AsSpan(0, 60)));
        Assert.Equal(40, Write(native, Bytes.AsSpan(60)));

        Assert.Equal(Bytes, stream.ToArray());
        Assert.Equal(100, writer.Written);
    }

    [Fact]
    public void A_stream_that_throws_takes_nothing_more_and_its_first_exception_is_kept()
    {
        var stream = new MemoryStream();
        stream.Dispose();
        var writer = new NativeStreamWriter(stream);
        using CallbackObject native = writer.Native;

        Assert.Equal(0, Write(native, Bytes));
        Exception? first = writer.Error;
        Assert.Equal(0, Write(native, Bytes));

        Assert.IsType<ObjectDisposedException>(first);
        Assert.Same(first, writer.Error);
        Assert.Equal(0, writer.Written);
    }

    [Fact]
    public void A_plan_is_read_from_where_the_stream_stood_back_and_forth()
    {
        using var stream = new MemoryStream(Bytes) { Position = 10 };
        using CallbackObject native = new NativeStreamReader(stream, new NoDevice()).Native;

        Assert.Equal(Bytes[10..15], Read(native, 5, 5));
        Assert.True(Seek(native, 20, SeekOrigin.Begin));
        Assert.Equal(Bytes[30..32], Read(native, 2, 2));
        Assert.True(Seek(native, -1, SeekOrigin.Current));
        Assert.Equal(Bytes[31..32], Read(native, 1, 1));
        Assert.True(Seek(native, -4, SeekOrigin.End));
        Assert.Equal(Bytes[96..], Read(native, 50, 4));
        Assert.False(Seek(native, -1, SeekOrigin.Begin));
    }

    [Fact]
    public void Bytes_for_the_device_are_copied_there_in_the_given_stream()
    {
        using var stream = new MemoryStream(Bytes);
        var device = new FakeDevice();
        using CallbackObject native = new NativeStreamReader(stream, device).Native;

        Assert.Equal(Bytes[..40], Read(native, 40, 40, cudaStream: 77));

        Assert.Equal([(40, (nint)77)], device.Copies);
    }

    [Fact]
    public void A_stream_that_throws_while_it_is_read_answers_with_an_error_and_keeps_the_exception()
    {
        var stream = new MemoryStream(Bytes);
        var reader = new NativeStreamReader(stream, new NoDevice());
        using CallbackObject native = reader.Native;
        stream.Dispose();

        Assert.Empty(Read(native, 5, -1));
        Assert.False(Seek(native, 0, SeekOrigin.Begin));
        Assert.IsType<ObjectDisposedException>(reader.Error);
    }

    private static long Write(CallbackObject native, ReadOnlySpan<byte> bytes)
    {
        nint self = native.DangerousGetHandle();
        fixed (byte* first = bytes)
            return ((delegate* unmanaged[MemberFunction]<nint, byte*, long, long>)NativeCaller.Method(self, 4))(self, first, bytes.Length);
    }

    private static byte[] Read(CallbackObject native, int bytes, long expected, nint cudaStream = 0)
    {
        nint self = native.DangerousGetHandle();
        byte[] target = new byte[bytes];
        fixed (byte* first = target)
            Assert.Equal(expected, ((delegate* unmanaged[MemberFunction]<nint, byte*, long, nint, long>)NativeCaller.Method(self, 4))(self, first, bytes, cudaStream));
        return expected < 0 ? [] : target[..(int)expected];
    }

    private static bool Seek(CallbackObject native, long offset, SeekOrigin origin)
    {
        nint self = native.DangerousGetHandle();
        return ((delegate* unmanaged[MemberFunction]<nint, long, int, byte>)NativeCaller.Method(self, 5))(self, offset, (int)origin) != 0;
    }

    private sealed class NoDevice : IDeviceMemory
    {
        public bool Holds(nint address) => false;

        public void Copy(nint address, ReadOnlySpan<byte> bytes, nint cudaStream) => throw new NotSupportedException();
    }

    private sealed class FakeDevice : IDeviceMemory
    {
        public List<(int Bytes, nint Stream)> Copies { get; } = [];

        public bool Holds(nint address) => true;

        public void Copy(nint address, ReadOnlySpan<byte> bytes, nint cudaStream)
        {
            bytes.CopyTo(new Span<byte>((void*)address, bytes.Length));
            Copies.Add((bytes.Length, cudaStream));
        }
    }
}
