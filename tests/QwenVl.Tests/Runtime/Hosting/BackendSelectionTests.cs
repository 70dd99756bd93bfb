using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Options;
using QwenVl.Runtime.Configuration;
using QwenVl.Runtime.Hosting;

namespace QwenVl.Tests.Runtime.Hosting;

public sealed class BackendSelectionTests
{
    private readonly FakeLogger _log = new();
    private readonly IBackend _tensorRt = new OnnxRuntimeBackend(Options.Create(new RuntimeOptions()));
    private readonly IBackend _onnxRuntime = new OnnxRuntimeBackend(Options.Create(new RuntimeOptions()));

    [Theory]
    [InlineData(TensorRtUse.On)]
    [InlineData(TensorRtUse.Auto)]
    public void Where_there_is_a_gpu_tensorrt_runs_the_models(TensorRtUse use)
    {
        Assert.Same(_tensorRt, BackendSelection.Choose(use, () => _tensorRt, () => throw new InvalidOperationException("not asked for"), _log));
        Assert.Equal(0, _log.Collector.Count);
    }

    [Fact]
    public void Off_does_not_look_for_a_gpu() =>
        Assert.Same(_onnxRuntime, BackendSelection.Choose(TensorRtUse.Off, () => throw new InvalidOperationException("looked"), () => _onnxRuntime, _log));

    [Fact]
    public void Auto_falls_back_and_says_why()
    {
        Assert.Same(_onnxRuntime, BackendSelection.Choose(TensorRtUse.Auto, () => throw new BackendUnavailableException("No GPU."), () => _onnxRuntime, _log));
        Assert.Equal("TensorRT is not used: No GPU. ONNX Runtime runs the models on the CPU.", _log.LatestRecord.Message);
    }

    [Fact]
    public void On_does_not_fall_back() =>
        Assert.Throws<BackendUnavailableException>(() => BackendSelection.Choose(TensorRtUse.On, () => throw new BackendUnavailableException("No GPU."), () => _onnxRuntime, _log));
}
