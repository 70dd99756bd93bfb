using QwenVl.TensorRt.Cuda;
using QwenVl.TensorRt.Execution;

namespace QwenVl.TensorRt.Inference.Plans;

/// <summary>A plan that TensorRT runs.</summary>
internal sealed class TensorRtPlan : IPlan
{
    private readonly TensorRtEngine _engine;

    /// <param name="engine">The loaded plan; owned.</param>
    public TensorRtPlan(TensorRtEngine engine)
    {
        _engine = engine;
        try
        {
            Tensors = [.. engine.Tensors.Select(tensor => new PlanTensor(tensor.Name, tensor.Mode is TensorMode.Input, ElementOf(tensor), tensor.Shape.ToArray()))];
        }
        catch
        {
            engine.Dispose();
            throw;
        }
    }

    public IReadOnlyList<PlanTensor> Tensors { get; }

    public int ProfileCount => _engine.ProfileCount;

    public long DeviceMemoryBytes(int profile) => _engine.DeviceMemorySizeForProfile(profile);

    public IReadOnlyList<long> MaxShape(string input, int profile) => _engine.Shapes(input, profile).Max.ToArray();

    public IPlanContext CreateContext(int profile, CudaDevicePointer memory, long memoryBytes, CudaStream stream)
    {
        TensorRtContext context = _engine.CreateContext(ContextMemory.UserManaged);
        try
        {
            context.SetDeviceMemory(memory, memoryBytes);
            if (profile != 0) context.SetProfile(profile, stream);
            // The switch is ordered before runs on other streams too.
            stream.Synchronize();
            return new Context(context);
        }
        catch
        {
            context.Dispose();
            throw;
        }
    }

    public void Dispose() => _engine.Dispose();

    private static PlanElement ElementOf(EngineTensor tensor) => tensor.DataType switch
    {
        TensorDataType.UInt8 => PlanElement.UInt8,
        TensorDataType.Int32 => PlanElement.Int32,
        TensorDataType.Int64 => PlanElement.Int64,
        TensorDataType.Float32 => PlanElement.Float32,
        TensorDataType.Float16 => PlanElement.Float16,
        TensorDataType.BFloat16 => PlanElement.BFloat16,
        _ => throw new TensorRtException($"'{tensor.Name}' is {tensor.DataType}, which no plan of this software has; build it again."),
    };

    private sealed class Context(TensorRtContext context) : IPlanContext
    {
        public void SetShape(string input, ReadOnlySpan<long> shape) => context.SetInputShape(input, TensorShape.Create(shape));

        public void SetAddress(string tensor, CudaDevicePointer address) => context.SetTensorAddress(tensor, address);

        public void Enqueue(CudaStream stream) => context.Enqueue(stream);

        public void Dispose() => context.Dispose();
    }
}
