using QwenVl.TensorRt.Cuda;

namespace QwenVl.Tests.TensorRt.Cuda.Fakes;

/// <content>What libraries put on streams by themselves.</content>
internal sealed unsafe partial class FakeCudaDriver
{
    /// <summary>Queues work as a library's own kernels would be; recorded where the stream is being captured.</summary>
    public void Queue(CudaStream stream, string kind, Action run)
    {
        lock (Gate) Assert.Equal(CudaResult.Success, Enqueue(stream.DangerousGetHandle(), kind, run));
    }

    /// <summary>Some bytes of the device; work that reads or writes beside its memory would destroy something else's.</summary>
    public Span<byte> Bytes(CudaDevicePointer address, long length)
    {
        lock (Gate) RequireDevice((nint)address.Address, (nuint)length);
        return new Span<byte>((void*)address.Address, checked((int)length));
    }
}
