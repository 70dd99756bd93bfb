using System.Text.Json;
using QwenVl.TensorRt;
using QwenVl.TensorRt.Execution;

namespace QwenVl.Tests.TensorRt.Execution;

/// <summary>A plan that TensorRT 10.6 built on an H100 computes there, bit for bit, what it computed in the process that built it.</summary>
[Collection(NativeLibraryTests.Name)]
public sealed class RecordedDecoderTests
{
    private const int DecodeProfile = 0;
    private const int PrefillProfile = 1;

    public static TheoryData<string> Ways => ["memory", "file", "stream"];

    [Theory]
    [MemberData(nameof(Ways))]
    public void The_recorded_run_is_repeated_bit_for_bit(string way)
    {
        using TestDevice device = TestDevice.Require();
        using TensorRtEngine engine = Load(way);
        using TensorRtContext context = engine.CreateContext();

        Dictionary<string, (nint Address, byte[] Expected)> outputs = Bind(device, engine, context);
        context.InferShapes();
        context.Enqueue(device.Stream);
        device.Wait();

        Assert.NotEmpty(outputs);
        Assert.All(outputs, output => Assert.Equal(output.Value.Expected, device.Download(output.Value.Address, output.Value.Expected.Length)));
    }

    [Fact]
    public void Memory_that_the_caller_gives_serves_the_same_run()
    {
        using TestDevice device = TestDevice.Require();
        using TensorRtEngine engine = Load("file");
        using TensorRtContext context = engine.CreateContext(ContextMemory.UserManaged);
        long bytes = engine.DeviceMemorySizeForProfile(DecodeProfile);
        Dictionary<string, (nint Address, byte[] Expected)> outputs = Bind(device, engine, context);

        Assert.InRange(context.DeviceMemorySizeForShapes(), 0, bytes);
        Assert.InRange(bytes, 0, engine.DeviceMemorySize);
        context.SetDeviceMemory(device.Allocate(bytes), bytes);
        context.Enqueue(device.Stream);
        device.Wait();

        Assert.All(outputs, output => Assert.Equal(output.Value.Expected, device.Download(output.Value.Address, output.Value.Expected.Length)));
    }

    [Fact]
    public void The_engine_tells_its_tensors_and_profiles()
    {
        using TestDevice device = TestDevice.Require();
        using TensorRtEngine engine = Load("file");

        Assert.Equal(["embeds", "cos", "sin", "mask", "pk0", "pv0", "pk1", "pv1"], engine.Tensors.Where(tensor => tensor.Mode is TensorMode.Input).Select(tensor => tensor.Name));
        Assert.Equal(["logits", "newkv", "token"], engine.Tensors.Where(tensor => tensor.Mode is TensorMode.Output).Select(tensor => tensor.Name).Order());
        Assert.Equal(2, engine.ProfileCount);
        Assert.Equal(new Extent(1, 8), Extent.Of(engine.Shapes("embeds", DecodeProfile), 0));
        Assert.Equal(new Extent(1, 1200), Extent.Of(engine.Shapes("embeds", PrefillProfile), 1));
        Assert.Equal(TensorDataType.BFloat16, engine.Tensor("embeds").DataType);
        Assert.All(engine.Tensors, tensor => Assert.False(tensor.IsOnHost));
        using EngineInspector inspector = engine.CreateInspector();
        using JsonDocument information = JsonDocument.Parse(inspector.EngineInformation());
        Assert.NotEmpty(inspector.Layer(0));
    }

    [Fact]
    public void A_plan_that_is_cut_off_or_none_is_refused()
    {
        using TestDevice device = TestDevice.Require();
        using TensorRtRuntime runtime = NvidiaLibraries.TensorRt10.CreateRuntime();
        runtime.EngineHostCodeAllowed = true;
        byte[] plan = File.ReadAllBytes(NvidiaLibraries.DecoderPlan);
        byte[] cut = plan[..(plan.Length / 2)];

        Assert.Throws<TensorRtException>(() => runtime.Load(cut));
        Assert.Throws<TensorRtException>(() => runtime.Load(new byte[1 << 16]));
    }

    [Fact]
    public void A_switch_to_the_other_profile_runs()
    {
        using TestDevice device = TestDevice.Require();
        using TensorRtEngine engine = Load("file");
        using TensorRtContext context = engine.CreateContext();
        Bind(device, engine, context);

        context.SetProfile(PrefillProfile, device.Stream);
        foreach (EngineTensor input in engine.Tensors.Where(tensor => tensor.IsDynamicInput))
        {
            ShapeRange shapes = engine.Shapes(input.Name, PrefillProfile);
            context.SetInputShape(input, shapes.Min);
        }

        context.InferShapes();
        context.Enqueue(device.Stream);
        device.Wait();
    }

    [Fact]
    public void A_builder_without_its_resources_is_refused()
    {
        using TestDevice device = TestDevice.Require();

        Assert.Contains("builder resource", Assert.Throws<TensorRtException>(NvidiaLibraries.TensorRt10.CreateBuilder).Message, StringComparison.Ordinal);
    }

    private static TensorRtEngine Load(string way)
    {
        using TensorRtRuntime runtime = NvidiaLibraries.TensorRt10.CreateRuntime();
        runtime.EngineHostCodeAllowed = true;
        if (way == "file") return runtime.LoadFile(NvidiaLibraries.DecoderPlan);
        if (way == "memory") return runtime.Load(File.ReadAllBytes(NvidiaLibraries.DecoderPlan));
        using FileStream stream = File.OpenRead(NvidiaLibraries.DecoderPlan);
        return runtime.Load(stream);
    }

    private static Dictionary<string, (nint Address, byte[] Expected)> Bind(TestDevice device, TensorRtEngine engine, TensorRtContext context)
    {
        string folder = Path.GetDirectoryName(NvidiaLibraries.DecoderPlan)!;
        byte[] bytes = File.ReadAllBytes(Path.Combine(folder, "decoder-tiny.golden.bin"));
        using JsonDocument golden = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, "decoder-tiny.golden.json")));
        Dictionary<string, (nint Address, byte[] Expected)> outputs = [];
        foreach (JsonElement entry in golden.RootElement.EnumerateArray())
        {
            EngineTensor tensor = engine.Tensor(entry.GetProperty("name").GetString()!);
            byte[] values = bytes.AsSpan(entry.GetProperty("offset").GetInt32(), entry.GetProperty("bytes").GetInt32()).ToArray();
            if (tensor.Mode is TensorMode.Input)
            {
                context.SetTensorAddress(tensor, device.Upload(values));
                context.SetInputShape(tensor, TensorShape.Create([.. entry.GetProperty("shape").EnumerateArray().Select(length => length.GetInt64())]));
            }
            else
            {
                outputs[tensor.Name] = (device.Allocate(values.Length), values);
                context.SetTensorAddress(tensor, outputs[tensor.Name].Address);
            }
        }

        return outputs;
    }

    private readonly record struct Extent(long Least, long Most)
    {
        public static Extent Of(ShapeRange shapes, int dimension) => new(shapes.Min[dimension], shapes.Max[dimension]);
    }
}
