using QwenVl.TensorRt.Cuda;

namespace QwenVl.TensorRt.Inference.Memory;

/// <summary>An output's place on the device and its page-locked memory.</summary>
internal sealed class StagedOutput<T>(CudaContext context, string name, long count) : StagedTensor<T>(context, name, count)
    where T : unmanaged
{
    /// <summary>What was downloaded last; read once the stream has passed that.</summary>
    public ReadOnlyMemory<T> Host => Pinned.Memory;

    /// <summary>Where the plan writes, from a number on.</summary>
    public CudaDevicePointer AddressOf(long first) => Device.DevicePointer.Offset(first * System.Runtime.CompilerServices.Unsafe.SizeOf<T>());

    /// <summary>Queues the download of some numbers to the same place on the host.</summary>
    public void Download(long first, long count, CudaStream stream) => Device.CopyToHostAsync(Pinned, checked((int)first), first, checked((int)count), stream);
}
