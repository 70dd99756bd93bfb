using System.Diagnostics.Metrics;
using QwenVl.TensorRt.Cuda;
using QwenVl.TensorRt.Inference.Plans;

namespace QwenVl.Runtime.Telemetry;

/// <summary>What the pipeline counts: seconds and bytes, one histogram a stage.</summary>
public sealed class RuntimeMetrics
{
    /// <summary>The meter's name.</summary>
    public const string MeterName = "QwenVl.Runtime";

    private readonly Histogram<double> _preprocess;
    private readonly Histogram<double> _preprocessStage;
    private readonly UpDownCounter<long> _preprocessBytes;
    private readonly Histogram<double> _encode;
    private readonly Histogram<int> _encodeBatch;
    private readonly Histogram<double> _step;
    private readonly Histogram<int> _stepBatch;
    private readonly Histogram<double> _queue;
    private readonly Counter<long> _tokens;
    private readonly Counter<long> _lookups;
    private readonly UpDownCounter<long> _cacheBytes;
    private readonly UpDownCounter<long> _waiting;
    private readonly UpDownCounter<long> _sequences;
    private readonly Histogram<double> _engine;
    private readonly Counter<long> _failedBatches;
    private readonly Meter _meter;

    /// <param name="factory">Creates the meter.</param>
    public RuntimeMetrics(IMeterFactory factory)
    {
        ArgumentNullException.ThrowIfNull(factory);
        Meter meter = _meter = factory.Create(MeterName);
        _preprocess = meter.CreateHistogram("qwenvl.preprocess.duration", "s", "Decoding, resizing and cutting one picture.", advice: Durations);
        _preprocessStage = meter.CreateHistogram("qwenvl.preprocess.stage.duration", "s", "A part of preparing one picture: decode, or resize with all that follows.", advice: Durations);
        _preprocessBytes = meter.CreateUpDownCounter<long>("qwenvl.preprocess.memory", "By", "Bytes reserved for decoded pictures and their patches.");
        _encode = meter.CreateHistogram("qwenvl.encode.duration", "s", "One batch of a vision tower.", advice: Durations);
        _encodeBatch = meter.CreateHistogram("qwenvl.encode.batch_size", "{picture}", "Pictures of one batch.", advice: BatchSizes);
        _step = meter.CreateHistogram("qwenvl.decode.step.duration", "s", "One step of the decoder.", advice: Durations);
        _stepBatch = meter.CreateHistogram("qwenvl.decode.batch_size", "{sequence}", "Sequences of one step.", advice: BatchSizes);
        _queue = meter.CreateHistogram("qwenvl.queue.duration", "s", "Waiting for a worker, a tower or the decoder.", advice: Durations);
        _tokens = meter.CreateCounter<long>("qwenvl.decode.tokens", "{token}", "Tokens prefilled and generated.");
        _lookups = meter.CreateCounter<long>("qwenvl.feature_cache.lookups", "{lookup}", "Lookups in the feature cache.");
        _cacheBytes = meter.CreateUpDownCounter<long>("qwenvl.feature_cache.size", "By", "Bytes held by the feature cache.");
        _waiting = meter.CreateUpDownCounter<long>("qwenvl.queue.length", "{request}", "Requests that wait for a worker, a tower or the decoder.");
        _failedBatches = meter.CreateCounter<long>("qwenvl.batch.failures", "{batch}", "Batches of more than one that failed, and were run again one by one.");
        _engine = meter.CreateHistogram("qwenvl.engine.duration", "s", "Building and loading engines.", advice: Durations);
        _sequences = meter.CreateUpDownCounter<long>("qwenvl.decode.sequences", "{sequence}", "Sequences in the decoder.");
    }

    /// <summary>Shows a GPU's memory and runs from now on.</summary>
    /// <param name="memory">What this process holds; TensorRT's own allocations are not in it.</param>
    /// <param name="runs">How runs were started.</param>
    public void Observe(CudaMemoryLedger memory, RunCounter runs)
    {
        ArgumentNullException.ThrowIfNull(memory);
        ArgumentNullException.ThrowIfNull(runs);
        _meter.CreateObservableUpDownCounter(
            "qwenvl.device.memory",
            () => (Measurement<long>[])[Of(memory.DeviceBytes, "kind", "device"), Of(memory.PinnedBytes, "kind", "pinned")],
            "By",
            "Memory held on the GPU and page-locked for it.");
        _meter.CreateObservableCounter(
            "qwenvl.device.runs",
            () => (Measurement<long>[])[Of(runs.ReplayedRuns, "start", "graph"), Of(runs.EnqueuedRuns, "start", "kernels")],
            "{run}",
            "Runs of plans: as one CUDA graph, or kernel by kernel.");

        static Measurement<long> Of(long value, string tag, string kind) => new(value, new KeyValuePair<string, object?>(tag, kind));
    }

    /// <summary>A batch of more than one failed, and is run again one by one.</summary>
    public void BatchFailed(string stage) => _failedBatches.Add(1, new KeyValuePair<string, object?>("stage", stage));

    /// <summary>An engine became ready to use.</summary>
    /// <param name="stage">build, or load with all that is done before the first request.</param>
    /// <param name="part">vision, decoder or whole.</param>
    /// <param name="seconds">How long it took.</param>
    public void EngineReady(string stage, string part, double seconds) =>
        _engine.Record(seconds, new KeyValuePair<string, object?>("stage", stage), new KeyValuePair<string, object?>("part", part));

    /// <summary>Bounds for seconds, from a step of a small model to a cold start: the library's own are for milliseconds.</summary>
    public static InstrumentAdvice<double> Durations { get; } = new()
    {
        HistogramBucketBoundaries = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
    };

    private static InstrumentAdvice<int> BatchSizes { get; } = new() { HistogramBucketBoundaries = [1, 2, 3, 4, 5, 6, 7, 8] };

    public void Preprocessed(double decodeSeconds, double resizeSeconds)
    {
        _preprocess.Record(decodeSeconds + resizeSeconds);
        _preprocessStage.Record(decodeSeconds, new KeyValuePair<string, object?>("stage", "decode"));
        _preprocessStage.Record(resizeSeconds, new KeyValuePair<string, object?>("stage", "resize"));
    }

    public void PreprocessMemoryChanged(long bytes) => _preprocessBytes.Add(bytes);

    public void Encoded(string tower, int pictures, double seconds)
    {
        var tag = new KeyValuePair<string, object?>("tower", tower);
        _encode.Record(seconds, tag);
        _encodeBatch.Record(pictures, tag);
    }

    public void Stepped(int sequences, int prefilled, int generated, double seconds)
    {
        _step.Record(seconds);
        _stepBatch.Record(sequences);
        if (prefilled > 0) _tokens.Add(prefilled, new KeyValuePair<string, object?>("kind", "prefilled"));
        if (generated > 0) _tokens.Add(generated, new KeyValuePair<string, object?>("kind", "generated"));
    }

    public void Waited(string stage, double seconds) => _queue.Record(seconds, new KeyValuePair<string, object?>("stage", stage));

    public void QueueChanged(string stage, int change) => _waiting.Add(change, new KeyValuePair<string, object?>("stage", stage));

    public void SequencesChanged(int change) => _sequences.Add(change);

    public void LookedUp(bool hit) => _lookups.Add(1, new KeyValuePair<string, object?>("outcome", hit ? "hit" : "miss"));

    public void CacheChanged(long bytes) => _cacheBytes.Add(bytes);
}
