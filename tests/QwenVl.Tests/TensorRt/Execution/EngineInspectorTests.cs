using QwenVl.TensorRt;
using QwenVl.TensorRt.Abi;
using QwenVl.TensorRt.Execution;
using QwenVl.TensorRt.Objects;

namespace QwenVl.Tests.TensorRt.Execution;

[Collection(NativeLibraryTests.Name)]
public sealed class EngineInspectorTests
{
    [Theory]
    [InlineData(100600)]
    [InlineData(110000)]
    [InlineData(10400)]
    [InlineData(10701)]
    public void Layers_and_engine_are_told_in_the_form_asked_for(int version)
    {
        using TensorRtEngine engine = FakeEngine.Create(TensorRtAbi.For(TensorRtVersion.FromNumber(version)), out _);
        using TensorRtContext context = engine.CreateContext();
        using EngineInspector inspector = engine.CreateInspector();

        inspector.SetContext(context);

        Assert.Equal("cache", inspector.Layer(1));
        Assert.Equal("ids", inspector.EngineInformation(LayerInformationFormat.OneLine));
        Assert.Equal(["setExecutionContext True", "getLayerInformation 1 1", "getEngineInformation 0"], FakeEngine.Calls.Skip(1));
        Assert.Throws<ArgumentOutOfRangeException>(() => inspector.Layer(2));
        Assert.Throws<ArgumentOutOfRangeException>(() => inspector.Layer(-1));
    }

    [Fact]
    public void An_inspector_keeps_its_context_and_engine_alive()
    {
        TensorRtEngine engine = FakeEngine.Create(TensorRtAbi.For(TensorRtVersion.FromNumber(101500)), out NativeObject runtime);
        TensorRtContext context = engine.CreateContext();
        EngineInspector inspector = engine.CreateInspector();
        inspector.SetContext(context);

        runtime.Dispose();
        engine.Dispose();
        context.Dispose();
        Assert.Empty(FakeObject.Deleted);
        inspector.Dispose();

        Assert.Equal([FakeEngine.Inspector.Pointer, FakeEngine.Context.Pointer, FakeEngine.Engine.Pointer, FakeEngine.Runtime.Pointer], FakeObject.Deleted);
    }
}
