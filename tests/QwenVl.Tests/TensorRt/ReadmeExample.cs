using QwenVl.TensorRt;
using QwenVl.TensorRt.Building;
using QwenVl.TensorRt.Execution;
using QwenVl.TensorRt.Onnx;

namespace QwenVl.Tests.TensorRt;

/// <summary>What the library's page shows, word for word between the marks.</summary>
internal static class ReadmeExample
{
    // example: build
    public static void Build(TensorRtLibrary library, string onnxPath, string planPath)
    {
        using TensorRtBuilder builder = library.CreateBuilder();
        using NetworkDefinition network = builder.CreateNetwork();
        using OnnxParser parser = network.CreateOnnxParser();
        parser.ParseFile(onnxPath);

        using BuilderConfig config = builder.CreateConfig();
        using OptimizationProfile profile = builder.CreateOptimizationProfile();
        profile.SetShapes("x", min: [1, 4], opt: [8, 4], max: [64, 4]);
        config.AddProfile(profile);
        config.WorkspaceLimit = 1L << 30;

        using FileStream plan = File.Create(planPath);
        builder.BuildPlanTo(plan, network, config);
    }

    // example: run
    public static void Run(TensorRtLibrary library, string planPath, nint x, nint y, nint stream)
    {
        using TensorRtRuntime runtime = library.CreateRuntime();
        using TensorRtEngine engine = runtime.LoadFile(planPath);
        using TensorRtContext context = engine.CreateContext();
        context.SetInputShape("x", [3, 4]);
        context.SetTensorAddress("x", x);
        context.SetTensorAddress("y", y);
        context.Enqueue(stream);
    }

    // example: end
}
