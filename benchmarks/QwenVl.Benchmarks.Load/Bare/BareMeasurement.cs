using QwenVl.Engines.Building;
using QwenVl.Engines.Caching;
using QwenVl.Model.Execution;
using QwenVl.Model.Manifest;
using QwenVl.Model.Vision;
using QwenVl.OnnxRuntime;
using QwenVl.OnnxRuntime.Vision;

namespace QwenVl.Benchmarks.Load.Bare;

/// <summary>Runs a vision tower as the server runs it, with no server around it: what the server's pictures a second are a share of.</summary>
internal static class BareMeasurement
{
    private const int WarmUpRuns = 2;

    // As the server's backend has it, or the comparison would be with another engine.
    private static readonly EngineBuildOptions Engine = new() { Dialect = EngineDialect.OnnxRuntime, VisionWeights = WeightFormat.Float32, DecoderWeights = WeightFormat.Float32 };

    /// <summary>Measures all batch sizes.</summary>
    /// <param name="options">What to run.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellation">Stops between runs.</param>
    /// <exception cref="Model.Checkpoints.CheckpointException">The checkpoint cannot be used.</exception>
    public static async Task<IReadOnlyList<BareRate>> RunAsync(BareOptions options, TimeProvider time, CancellationToken cancellation)
    {
        EngineDirectory engine = await new EngineCache(EngineCache.DefaultRoot).GetOrBuildAsync(options.Checkpoint, Engine, null, cancellation);
        using IVisionEncoder encoder = OnnxVisionEncoder.Load(engine, new OnnxRuntimeOptions { IntraOpThreads = options.Threads, Spin = false });
        return [.. options.BatchSizes.Select(size => Measure(encoder, size, options, time, cancellation))];
    }

    /// <summary>Measures one batch size on a tower.</summary>
    public static BareRate Measure(IVisionEncoder encoder, int batchSize, BareOptions options, TimeProvider time, CancellationToken cancellation)
    {
        ImagePatches[] batch = [.. Enumerable.Range(0, batchSize).Select(index => Picture(options.Side, index))];
        for (int i = 0; i < WarmUpRuns; i++) encoder.Encode(batch);
        var runs = new List<double>();
        long start = time.GetTimestamp();
        do
        {
            cancellation.ThrowIfCancellationRequested();
            long began = time.GetTimestamp();
            encoder.Encode(batch);
            runs.Add(time.GetElapsedTime(began).TotalMilliseconds);
        }
        while (time.GetElapsedTime(start) < options.Duration);
        double seconds = time.GetElapsedTime(start).TotalSeconds;
        runs.Sort();
        return new BareRate(batchSize, runs.Count * batchSize / seconds, runs[runs.Count / 2], runs.Count);
    }

    private static ImagePatches Picture(int side, int seed)
    {
        var grid = new ImageGrid(side / ImageGrid.PatchSize, side / ImageGrid.PatchSize);
        var pixels = new byte[grid.Patches * ImageGrid.PatchLength];
        new Random(seed).NextBytes(pixels);
        return new ImagePatches(grid, pixels);
    }
}
