using QwenVl.TensorRt;
using QwenVl.TensorRt.Abi;
using QwenVl.TensorRt.Execution;
using QwenVl.TensorRt.Objects;

namespace QwenVl.Tests.TensorRt.Execution;

[Collection(NativeLibraryTests.Name)]
public sealed class EngineAndContextTests
{
    private const int Version = 101500;

    [Theory]
    [InlineData(101500)]
    [InlineData(110200)]
    [InlineData(10400)]
    [InlineData(10701)]
    public void A_run_calls_the_slots_of_its_version_and_frees_in_order(int version)
    {
        TensorRtEngine engine = Create(version, out NativeObject runtime);
        TensorRtContext context = engine.CreateContext();
        Bind(context);
        context.SetInputShape("ids", [9, 4]);
        context.InferShapes();
        context.Enqueue(FakeEngine.Stream);
        Assert.Equal([-1, 10], context.GetTensorShape("logits"));
        runtime.Dispose();
        engine.Dispose();
        context.Dispose();

        Assert.Equal(
            [
                "createExecutionContext 0", "setTensorAddress ids 1000", "setTensorAddress cache 2000", "setTensorAddress logits 3000",
                "setTensorAddress cache_out 2000", "setInputShape ids [9, 4]", "inferShapes", "enqueueV3 5000",
            ],
            FakeEngine.Calls);
        Assert.Equal(0, FakeObject.UnexpectedCalls);
        Assert.Equal([FakeEngine.Context.Pointer, FakeEngine.Engine.Pointer, FakeEngine.Runtime.Pointer], FakeObject.Deleted);
    }

    [Fact]
    public void An_engine_tells_its_tensors_and_the_shapes_of_each_profile()
    {
        using TensorRtEngine engine = Create();

        Assert.Equal(["ids", "cache", "logits", "cache_out"], engine.Tensors.Select(tensor => tensor.Name));
        Assert.Equal(TensorDataType.Int64, engine.Tensor("ids").DataType);
        Assert.Equal([-1, 4], engine.Tensor("ids").Shape);
        Assert.True(engine.Tensor("ids").IsDynamicInput);
        Assert.False(engine.Tensor("cache").IsDynamicInput);
        Assert.Equal(TensorMode.Output, engine.Tensor("logits").Mode);
        Assert.Equal("cache", engine.Tensor("cache_out").AliasedInput);
        Assert.Equal(2, engine.ProfileCount);
        Assert.Equal(new ShapeRange([1, 4], [5, 4], [9, 4]), engine.Shapes("ids"));
        Assert.Equal(new ShapeRange([101, 4], [105, 4], [109, 4]), engine.Shapes("ids", 1));
        Assert.Equal(new ShapeRange([2, 2], [2, 2], [2, 2]), engine.Shapes("cache"));
        Assert.Equal(2L << 33, engine.DeviceMemorySizeForProfile(1));
    }

    [Fact]
    public void A_tensor_that_there_is_not_is_refused_and_those_there_are_are_named()
    {
        using TensorRtEngine engine = Create();
        using TensorRtContext context = engine.CreateContext();

        Assert.Contains("cache_out", Assert.Throws<ArgumentException>(() => context.SetTensorAddress("embeds", 1)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => context.SetInputShape("embeds", [1]));
        Assert.Throws<ArgumentException>(() => context.GetTensorShape("embeds"));
        Assert.Throws<ArgumentException>(() => engine.Shapes("logits"));
        Assert.Throws<ArgumentOutOfRangeException>(() => engine.Shapes("ids", 2));
        Assert.Throws<ArgumentOutOfRangeException>(() => engine.DeviceMemorySizeForProfile(-1));
    }

    [Fact]
    public void A_shape_of_another_rank_or_beyond_the_profile_is_refused_before_TensorRT_sees_it()
    {
        using TensorRtEngine engine = Create();
        using TensorRtContext context = engine.CreateContext();

        Assert.Throws<ArgumentException>(() => context.SetInputShape("ids", [4]));
        Assert.Throws<ArgumentException>(() => context.SetInputShape("ids", [4, 5]));
        Assert.Throws<ArgumentException>(() => context.SetInputShape("ids", [-1, 4]));
        Assert.Contains("[1, 4] to [9, 4]", Assert.Throws<ArgumentException>(() => context.SetInputShape("ids", [10, 4])).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => context.SetInputShape("logits", [1, 10]));
        Assert.Single(FakeEngine.Calls);
    }

    [Fact]
    public void A_run_without_all_shapes_addresses_and_memory_is_refused_before_TensorRT_sees_it()
    {
        using TensorRtEngine engine = Create();
        using TensorRtContext context = engine.CreateContext(ContextMemory.UserManaged);

        Refused("'ids' has no shape");
        context.SetInputShape("ids", [1, 4]);
        Refused("'ids' has no address");
        Bind(context);
        Refused("no device memory");
        context.SetDeviceMemory(0x4000, 1 << 20);
        context.Enqueue(FakeEngine.Stream);
        context.SetTensorAddress("cache_out", 0x9000);
        Refused("one address");

        void Refused(string why)
        {
            Assert.Contains(why, Assert.Throws<InvalidOperationException>(() => context.Enqueue(FakeEngine.Stream)).Message, StringComparison.Ordinal);
            Assert.DoesNotContain("enqueueV3", FakeEngine.Calls.TakeLast(1));
        }
    }

    [Fact]
    public void A_switch_of_profile_asks_for_shapes_again_and_keeps_addresses()
    {
        using TensorRtEngine engine = Create();
        using TensorRtContext context = engine.CreateContext();
        Bind(context);
        context.SetInputShape("ids", [1, 4]);

        context.SetProfile(1, FakeEngine.Stream);

        Assert.Equal(1, context.Profile);
        Assert.Throws<InvalidOperationException>(() => context.Enqueue(FakeEngine.Stream));
        Assert.Throws<ArgumentException>(() => context.SetInputShape("ids", [1, 4]));
        context.SetInputShape("ids", [101, 4]);
        context.Enqueue(FakeEngine.Stream);
        Assert.Throws<ArgumentOutOfRangeException>(() => context.SetProfile(2, FakeEngine.Stream));
    }

    [Fact]
    public void A_shape_that_is_set_already_is_not_set_again()
    {
        using TensorRtEngine engine = Create();
        using TensorRtContext context = engine.CreateContext();

        context.SetInputShape("ids", [3, 4]);
        context.SetInputShape("ids", [3, 4]);
        context.SetInputShape("ids", [4, 4]);

        Assert.Equal(["setInputShape ids [3, 4]", "setInputShape ids [4, 4]"], FakeEngine.Calls.Skip(1));
    }

    [Fact]
    public void What_TensorRT_refuses_is_an_exception()
    {
        using TensorRtEngine engine = Create();
        using TensorRtContext context = engine.CreateContext();
        Bind(context);
        context.SetInputShape("ids", [3, 4]);
        FakeEngine.Works = false;

        Assert.Throws<TensorRtException>(() => context.Enqueue(FakeEngine.Stream));
        Assert.Throws<TensorRtException>(context.InferShapes);
        Assert.Throws<TensorRtException>(() => context.SetInputShape("ids", [4, 4]));
        Assert.Throws<TensorRtException>(() => context.SetTensorAddress("ids", 0x1000));
        Assert.Throws<TensorRtException>(() => context.SetProfile(1, FakeEngine.Stream));
        Assert.Throws<TensorRtException>(() => engine.CreateContext());
    }

    [Fact]
    public void Memory_must_be_aligned_and_wanted()
    {
        using TensorRtEngine engine = Create();
        using TensorRtContext own = engine.CreateContext();
        using TensorRtContext given = engine.CreateContext(ContextMemory.UserManaged);

        Assert.Throws<InvalidOperationException>(() => own.SetDeviceMemory(0x4000, 10));
        Assert.Throws<ArgumentException>(() => given.SetDeviceMemory(0x4001, 10));
        Assert.Throws<ArgumentException>(() => given.SetDeviceMemory(0, 10));
        Assert.Throws<ArgumentException>(() => given.SetTensorAddress("ids", 0));
    }

    [Fact]
    public void A_disposed_context_is_refused()
    {
        using TensorRtEngine engine = Create();
        TensorRtContext context = engine.CreateContext();
        context.Dispose();

        Assert.Throws<ObjectDisposedException>(() => context.GetTensorShape("ids"));
    }

    [Fact]
    public void Setting_and_enqueueing_allocate_nothing()
    {
        using TensorRtEngine engine = Create();
        using TensorRtContext context = engine.CreateContext();
        Bind(context);
        EngineTensor ids = engine.Tensor("ids");
        FakeEngine.Quiet = true;
        for (int warm = 0; warm < 50; warm++) Step(warm);
        long before = GC.GetAllocatedBytesForCurrentThread();

        for (int step = 0; step < 100; step++) Step(step);

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        void Step(int step)
        {
            context.SetInputShape(ids, [(step % 9) + 1, 4]);
            context.SetInputShape("ids", [3, 4]);
            context.SetTensorAddress(ids, 0x1000 + step);
            context.GetTensorShape("logits");
            context.Enqueue(FakeEngine.Stream);
        }
    }

    private static TensorRtEngine Create() => Create(Version, out _);

    private static TensorRtEngine Create(int version, out NativeObject runtime) => FakeEngine.Create(TensorRtAbi.For(TensorRtVersion.FromNumber(version)), out runtime);

    private static void Bind(TensorRtContext context)
    {
        context.SetTensorAddress("ids", 0x1000);
        context.SetTensorAddress("cache", 0x2000);
        context.SetTensorAddress("logits", 0x3000);
        context.SetTensorAddress("cache_out", 0x2000);
    }
}
