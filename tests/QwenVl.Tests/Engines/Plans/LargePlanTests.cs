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
/// Measures, and so runs only where it is asked for: each alone in its process, whose memory it states. The numbers are in
/// the README of qwenvl-engines.
/// </summary>
[Collection(NativeLibraryTests.Name)]
public sealed class LargePlanTests(ITestOutputHelper output) : IDisposable
{
    private const string Variable = "QWENVL_LARGE_PLANS";
    private const long MostMemory = 20_000_000_000;
    private const int ChunkBytes = 1 << 20;

    private readonly TemporaryFolder _folder = new();

    [Fact]
    public void The_vision_tower_of_4B_becomes_a_plan()
    {
        EngineDirectory engine = Emit("model.visual.", decoderLayers: 36, out long weights);
        Measure(new PlanSource(engine.VisionModelPath, engine.VisionWeightsFolder, _folder.File("vision.plan"), _folder.File("layers.txt"), OptimizationProfiles.Vision), weights);
    }

    /// <summary>With the whole table of tokens: all 36 layers would take more memory than most machines without a GPU have.</summary>
    [Fact]
    public void Eight_layers_of_4B_become_a_plan()
    {
        EngineDirectory engine = Emit("model.language_model.", decoderLayers: 8, out long weights);
        Measure(new PlanSource(engine.DecoderModelPath, engine.DecoderWeightsFolder, _folder.File("decoder.plan"), _folder.File("layers.txt"), OptimizationProfiles.Decoder), weights);
    }

    public void Dispose() => _folder.Dispose();

    private static PlanBuildOptions Options() => new() { Library = NvidiaLibraries.Rtx, GpuArchitecture = "sm89" };

    private EngineDirectory Emit(string part, int decoderLayers, out long weights)
    {
        Assert.SkipUnless(Environment.GetEnvironmentVariable(Variable) == "1", $"Takes minutes and gigabytes: set {Variable}=1 to measure it.");
        HollowCheckpoint.Require();
        HollowCheckpoint.Write(_folder.File("model"), decoderLayers);
        using Checkpoint checkpoint = Checkpoint.Open(_folder.File("model"));
        weights = Fill(checkpoint, part);
        EngineBuilder.Build(checkpoint, new CheckpointFingerprint("m", "t"), EngineBuildOptions.ForPlans(Options()) with { Plans = null }, _folder.File("engine"));
        return EngineDirectory.Open(_folder.File("engine"));
    }

    private void Measure(PlanSource source, long weights)
    {
        PlanBuildOptions plans = Options();
        using var process = Process.GetCurrentProcess();
        long before = process.PeakWorkingSet64, managed = GC.GetTotalAllocatedBytes(), start = Stopwatch.GetTimestamp();
        long bytes = new PlanBuilder(plans).Build(source, new Progress(output), TestContext.Current.CancellationToken);
        TimeSpan time = Stopwatch.GetElapsedTime(start);

        managed = GC.GetTotalAllocatedBytes() - managed;
        process.Refresh();
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{plans.Library.Version}, {plans.GpuArchitecture}, level {plans.OptimizationLevel}, batches of {plans.Limits.MaxBatch}, sequences of {plans.Limits.MaxSequence}"));
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"weights {weights:N0} bytes, plan {bytes:N0} bytes, built in {time.TotalSeconds:F1} s"));
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"peak resident memory {before:N0} bytes before, {process.PeakWorkingSet64:N0} after; managed allocations {managed:N0}"));
        Assert.InRange(bytes, weights / 2, 3 * weights);
        Assert.InRange(process.PeakWorkingSet64, 0, MostMemory);
    }

    // Numbers about as large as trained ones: zeros could be folded away.
    private static long Fill(Checkpoint checkpoint, string part)
    {
        var random = new Random(1);
        var chunk = new byte[ChunkBytes];
        long total = 0;
        foreach (TensorEntry tensor in checkpoint.Tensors.Values.Where(tensor => tensor.Name.StartsWith(part, StringComparison.Ordinal)))
        {
            using FileStream file = new(tensor.FilePath, FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
            file.Position = tensor.Offset;
            for (long left = tensor.Length; left > 0; left -= ChunkBytes)
            {
                random.NextBytes(chunk);
                for (int i = 1; i < chunk.Length; i += 2) chunk[i] = (byte)(0x3C | (chunk[i] & 0x80));
                file.Write(chunk.AsSpan(0, (int)Math.Min(left, ChunkBytes)));
            }

            total += tensor.Length;
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
