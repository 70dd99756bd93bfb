using QwenVl.TensorRt;
using QwenVl.TensorRt.Cuda;
using QwenVl.TensorRt.Execution;

namespace QwenVl.Benchmarks.Gpu.Recorded;

/// <summary>A context with all of a recorded run's tensors on the device.</summary>
internal sealed class BoundRun : IDisposable
{
    private const byte Poison = 0xA5;

    private readonly List<(RecordedTensor Tensor, CudaDeviceVariable<byte> Memory, bool IsOutput)> _bound = [];
    private readonly CudaDeviceVariable<byte> _scratch;

    public BoundRun(TensorRtEngine engine, RecordedRun run, CudaContext cuda)
    {
        Stream = new CudaStream(cuda);
        Context = engine.CreateContext(ContextMemory.UserManaged);
        long scratch = Math.Max(1, engine.DeviceMemorySizeForProfile(0));
        _scratch = new CudaDeviceVariable<byte>(cuda, scratch);
        Context.SetDeviceMemory(_scratch.DevicePointer, scratch);
        foreach (RecordedTensor tensor in run.Tensors)
        {
            var memory = new CudaDeviceVariable<byte>(cuda, tensor.Bytes.Length);
            bool isOutput = engine.Tensor(tensor.Name).Mode is TensorMode.Output;
            _bound.Add((tensor, memory, isOutput));
            if (!isOutput) memory.CopyFromHost(tensor.Bytes, 0, Stream);
            if (!isOutput) Context.SetInputShape(tensor.Name, TensorShape.Create(tensor.Shape));
            Context.SetTensorAddress(tensor.Name, memory.DevicePointer);
        }
    }

    public TensorRtContext Context { get; }

    public CudaStream Stream { get; }

    public void Enqueue() => Context.Enqueue(Stream);

    /// <summary>Overwrites the outputs, so that what is there afterwards was written by a run.</summary>
    public void PoisonOutputs()
    {
        foreach ((_, CudaDeviceVariable<byte> memory, bool isOutput) in _bound)
            if (isOutput) memory.MemsetAsync(Poison, Stream);
    }

    /// <summary>Compares all outputs with the recorded ones, bit by bit.</summary>
    /// <exception cref="InvalidDataException">One differs.</exception>
    public int CompareOutputs()
    {
        int bytes = 0;
        foreach ((RecordedTensor tensor, CudaDeviceVariable<byte> memory, bool isOutput) in _bound)
        {
            if (!isOutput) continue;
            var found = new byte[tensor.Bytes.Length];
            memory.CopyToHost(found, 0, Stream);
            int at = found.AsSpan().CommonPrefixLength(tensor.Bytes);
            if (at < found.Length) throw new InvalidDataException($"{tensor.Name} differs from byte {at} of {found.Length} on.");
            bytes += found.Length;
        }

        return bytes;
    }

    public void Dispose()
    {
        Context.Dispose();
        foreach ((_, CudaDeviceVariable<byte> memory, _) in _bound) memory.Dispose();
        _scratch.Dispose();
        Stream.Dispose();
    }
}
