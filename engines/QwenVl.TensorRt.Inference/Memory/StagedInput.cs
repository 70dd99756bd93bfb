using QwenVl.TensorRt.Cuda;
using QwenVl.TensorRt.Inference.Plans;

namespace QwenVl.TensorRt.Inference.Memory;

/// <summary>An input's page-locked memory and its place on the device.</summary>
internal sealed class StagedInput<T> : StagedTensor<T>
    where T : unmanaged
{
    public StagedInput(CudaContext context, string name, long count)
        : base(context, name, count) =>
        // Padding is computed with and then thrown away: it must be numbers that do no harm.
        Pinned.Span.Clear();

    /// <summary>Filled by the caller; not while an upload of it is under way.</summary>
    public Span<T> Host => Pinned.Span;

    /// <summary>Tells a context where it lies and how large it is.</summary>
    public void Bind(IPlanContext context, params ReadOnlySpan<long> shape)
    {
        context.SetShape(Name, shape);
        context.SetAddress(Name, Device.DevicePointer);
    }

    /// <summary>Queues the upload of the first numbers.</summary>
    public void Upload(long count, CudaStream stream) => Device.CopyFromHostAsync(Pinned, 0, 0, checked((int)count), stream);
}
