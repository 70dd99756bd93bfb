using Microsoft.ML.OnnxRuntime;
using QwenVl.Engines.Graphs;
using QwenVl.Engines.Plans;
using QwenVl.TensorRt.Cuda;
using QwenVl.TensorRt.Inference.Plans;
using QwenVl.Tests.Engines.Dialects;
using QwenVl.Tests.TensorRt.Cuda.Fakes;

namespace QwenVl.Tests.TensorRt.Inference.Fakes;

/// <summary>
/// A graph of a TensorRT dialect that ONNX Runtime computes, in the memory of a fake device: everything around TensorRT
/// can be held to what another decoder computes.
/// </summary>
internal sealed class OrtPlan : IPlan
{
    private readonly FakeCudaDriver _fake;
    private readonly GraphRunner _graph;
    private readonly IReadOnlyList<OptimizationProfileShapes> _profiles;

    public OrtPlan(FakeCudaDriver fake, string modelPath, string weightsFolder, Func<GraphSignature, IReadOnlyList<OptimizationProfileShapes>> profiles)
    {
        GraphSignature signature = GraphSignature.Read(modelPath);
        (_fake, _graph, _profiles) = (fake, new GraphRunner(modelPath, weightsFolder), profiles(signature));
        Tensors = [.. signature.Inputs.Select(tensor => Describe(tensor, isInput: true)), .. signature.Outputs.Select(tensor => Describe(tensor, isInput: false))];
    }

    public IReadOnlyList<PlanTensor> Tensors { get; }

    public int ProfileCount => _profiles.Count;

    public bool IsDisposed { get; private set; }

    public long DeviceMemoryBytes(int profile) => 1000 * (1 + profile);

    public IReadOnlyList<long> MaxShape(string input, int profile) =>
        _profiles[profile].Inputs.TryGetValue(input, out InputShapes? shapes) ? shapes.Max : Tensors.Single(tensor => tensor.Name == input).Shape;

    public IPlanContext CreateContext(int profile, CudaDevicePointer memory, long memoryBytes, CudaStream stream)
    {
        Assert.True(memoryBytes >= DeviceMemoryBytes(profile));
        return new Context(this, _profiles[profile], memory, memoryBytes);
    }

    public void Dispose()
    {
        IsDisposed = true;
        _graph.Dispose();
    }

    private static PlanTensor Describe(GraphTensor tensor, bool isInput)
    {
        PlanElement element = tensor.Type switch
        {
            ElementType.UInt8 => PlanElement.UInt8,
            ElementType.Int32 => PlanElement.Int32,
            ElementType.Int64 => PlanElement.Int64,
            ElementType.Float32 => PlanElement.Float32,
            _ => throw new NotSupportedException($"{tensor.Type}"),
        };
        return new PlanTensor(tensor.Name, isInput, element, [.. tensor.Shape.Select(dimension => dimension.Length)]);
    }

    private sealed class Context(OrtPlan plan, OptimizationProfileShapes profile, CudaDevicePointer memory, long memoryBytes) : IPlanContext
    {
        private readonly Dictionary<string, long[]> _shapes = [];
        private readonly Dictionary<string, CudaDevicePointer> _addresses = [];

        public void SetShape(string input, ReadOnlySpan<long> shape)
        {
            if (profile.Inputs.TryGetValue(input, out InputShapes? range))
                for (int i = 0; i < shape.Length; i++) Assert.True(shape[i] >= range.Min[i] && shape[i] <= range.Max[i], $"{input}: length {shape[i]} of dimension {i} is outside profile {profile.Name}");
            _shapes[input] = shape.ToArray();
        }

        public void SetAddress(string tensor, CudaDevicePointer address) => _addresses[tensor] = address;

        public void Enqueue(CudaStream stream)
        {
            // As TensorRT does: what is set later is not seen by a run that is queued or recorded.
            Dictionary<string, long[]> shapes = new(_shapes);
            Dictionary<string, CudaDevicePointer> addresses = new(_addresses);
            foreach (PlanTensor tensor in plan.Tensors)
            {
                Assert.True(addresses.ContainsKey(tensor.Name), $"{tensor.Name} has no address");
                Assert.True(!tensor.IsInput || shapes.ContainsKey(tensor.Name) || tensor.Shape.All(length => length >= 0), $"{tensor.Name} has no shape");
            }

            plan._fake.Queue(stream, "run", () =>
            {
                // Activations are anybody's after the run.
                plan._fake.Bytes(memory, memoryBytes).Fill(0xEE);
                plan.Run(shapes, addresses);
            });
        }

        public void Dispose() => Assert.False(plan.IsDisposed);
    }

    private void Run(Dictionary<string, long[]> shapes, Dictionary<string, CudaDevicePointer> addresses)
    {
        var inputs = new List<(string, OrtValue)>();
        foreach (PlanTensor tensor in Tensors.Where(tensor => tensor.IsInput))
        {
            long[] shape = shapes.GetValueOrDefault(tensor.Name) ?? [.. tensor.Shape];
            byte[] bytes = _fake.Bytes(addresses[tensor.Name], shape.Aggregate((long)tensor.ElementBytes, (product, length) => product * length)).ToArray();
            inputs.Add((tensor.Name, tensor.Element switch
            {
                PlanElement.UInt8 => OrtValue.CreateTensorValueFromMemory(bytes, shape),
                PlanElement.Int32 => OrtValue.CreateTensorValueFromMemory(Numbers<int>(bytes), shape),
                PlanElement.Int64 => OrtValue.CreateTensorValueFromMemory(Numbers<long>(bytes), shape),
                _ => OrtValue.CreateTensorValueFromMemory(Numbers<float>(bytes), shape),
            }));
        }

        GraphRunner.RunOutputs outputs = _graph.Run(inputs);
        foreach (PlanTensor tensor in Tensors.Where(tensor => !tensor.IsInput))
        {
            ReadOnlySpan<byte> bytes = outputs.Bytes(tensor.Name);
            bytes.CopyTo(_fake.Bytes(addresses[tensor.Name], bytes.Length));
        }
    }

    private static T[] Numbers<T>(byte[] bytes)
        where T : unmanaged => System.Runtime.InteropServices.MemoryMarshal.Cast<byte, T>(bytes).ToArray();
}
