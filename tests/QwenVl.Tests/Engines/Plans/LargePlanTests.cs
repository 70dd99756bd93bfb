using System.Diagnostics;
using System.Globalization;
using QwenVl.Engines.Building;
using QwenVl.Engines.Plans;
using QwenVl.Model.Checkpoints;
using QwenVl.Model.Manifest;
using QwenVl.Tests.Golden;
using QwenVl.Tests.Infrastructure;
using QwenVl.Tests.TensorRt;

namespace QwenVl.Tests.Engines.Plans;

/// <summary>
/// Measures, and so runs only where it is asked for: alone in its process, whose memory it states. The numbers are in the
/// README of qwenvl-engines.
/// </summary>
[Collection(NativeLibraryTests.Name)]
public sealed class LargePlanTests(ITestOutputHelper output) : IDisposable
{
    private const string Variable = "QWENVL_LARGE_PLANS";
    private const long MostMemory = 20_000_000_000;
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public void The_vision_tower_of_4B_becomes_a_plan()
    {
        Assert.SkipUnless(Environment.GetEnvironmentVariable(Variable) == "1", $"Takes minutes and gigabytes: set {Variable}=1 to measure it.");
        HollowCheckpoint.Require();
        HollowCheckpoint.Write(_folder.File("model"));
        PlanBuildOptions plans = new() { Library = NvidiaLibraries.Rtx, GpuArchitecture = "sm89" };
        using Checkpoint checkpoint = Checkpoint.Open(_folder.File("model"));
        long weights = FillVision(checkpoint);
        EngineBuilder.Build(checkpoint, new CheckpointFingerprint("m", "t"), EngineBuildOptions.ForPlans(plans) with { Plans = null }, _folder.File("engine"));
        EngineDirectory engine = EngineDirectory.Open(_folder.File("engine"));
        var source = new PlanSource(engine.VisionModelPath, engine.VisionWeightsFolder, _folder.File("vision.plan"), _folder.File("layers.txt"), OptimizationProfiles.Vision);

        using var process = Process.GetCurrentProcess();
        long before = process.PeakWorkingSet64, managed = GC.GetTotalAllocatedBytes(), start = Stopwatch.GetTimestamp();
        long bytes = new PlanBuilder(plans).Build(source, new Progress(output), TestContext.Current.CancellationToken);
        TimeSpan time = Stopwatch.GetElapsedTime(start);

        managed = GC.GetTotalAllocatedBytes() - managed;
        process.Refresh();
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{plans.Library.Version}, {plans.GpuArchitecture}, level {plans.OptimizationLevel}, profiles of {string.Join(" and ", plans.Limits.PatchBuckets)} patches"));
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"weights {weights:N0} bytes, plan {bytes:N0} bytes, built in {time.TotalSeconds:F1} s"));
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"peak resident memory {before:N0} bytes before, {process.PeakWorkingSet64:N0} after; managed allocations {managed:N0}"));
        Assert.InRange(bytes, weights / 2, 2 * weights);
        Assert.InRange(process.PeakWorkingSet64, 0, MostMemory);
    }

    public void Dispose() => _folder.Dispose();

    // Numbers about as large as a trained tower's: zeros could be folded away.
    private static long FillVision(Checkpoint checkpoint)
    {
        var random = new Random(1);
        long total = 0;
        foreach (TensorEntry tensor in checkpoint.Tensors.Values.Where(tensor => tensor.Name.StartsWith("model.visual.", StringComparison.Ordinal)))
        {
            var bytes = new byte[tensor.Length];
            random.NextBytes(bytes);
            for (int i = 1; i < bytes.Length; i += 2) bytes[i] = (byte)(0x3C | (bytes[i] & 0x80));
            using FileStream file = new(tensor.FilePath, FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
            file.Position = tensor.Offset;
            file.Write(bytes);
            total += bytes.Length;
        }

        return total;
    }

    private sealed class Progress(ITestOutputHelper output) : IProgress<double>
    {
        private readonly long _start = Stopwatch.GetTimestamp();
        private double _next;

        public void Report(double value)
        {
            if (value < _next) return;
            _next = value + 0.1;
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{Stopwatch.GetElapsedTime(_start).TotalSeconds:F1} s: {value:P1}"));
        }
    }
}
