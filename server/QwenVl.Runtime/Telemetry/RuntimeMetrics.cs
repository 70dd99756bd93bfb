using System.Diagnostics.Metrics;
using QwenVl.Runtime.Decoding;
using QwenVl.Runtime.Encoding;
using QwenVl.Runtime.Queueing;
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
    private readonly UpDownCounter<long> _waiting;
    private readonly UpDownCounter<long> _sequences;
    private readonly Histogram<double> _engine;
    private readonly Counter<long> _failedBatches;
    private readonly Histogram<double> _paddedShare;
    private readonly Histogram<int> _stepTokens;
    private readonly Counter<long> _dropped;
    private readonly UpDownCounter<long> _cacheCapacity;
    private readonly UpDownCounter<long> _cacheReserved;
    private readonly UpDownCounter<long> _cacheUsed;
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
        FeatureCache = new CacheMetrics(meter, "qwenvl.feature_cache", "features");
        ImageCache = new CacheMetrics(meter, "qwenvl.image_cache", "encoded pictures");
        SharedTier = new SharedTierMetrics(meter);
        _waiting = meter.CreateUpDownCounter<long>("qwenvl.queue.length", "{request}", "Requests that wait for a worker, a tower or the decoder.");
        _failedBatches = meter.CreateCounter<long>("qwenvl.batch.failures", "{batch}", "Batches of more than one that failed, and were run again one by one.");
        _engine = meter.CreateHistogram("qwenvl.engine.duration", "s", "Building and loading engines.", advice: Durations);
        _paddedShare = meter.CreateHistogram("qwenvl.encode.padded_share", "1", "Of the patches that a batch computed, the share that was padding.", advice: Shares);
        _stepTokens = meter.CreateHistogram("qwenvl.decode.step.tokens", "{token}", "Tokens of one step: prompts' and those being decoded.", advice: StepTokens);
        _dropped = meter.CreateCounter<long>("qwenvl.queue.dropped", "{request}", "Requests that left a queue without having run, or found it full, by reason.");
        _cacheCapacity = meter.CreateUpDownCounter<long>("qwenvl.kv.capacity", "{token}", "Tokens that the key-value cache may hold.");
        _cacheReserved = meter.CreateUpDownCounter<long>("qwenvl.kv.reserved", "{token}", "Tokens of the key-value cache that sequences reserve: prompt and longest answer.");
        _cacheUsed = meter.CreateUpDownCounter<long>("qwenvl.kv.used", "{token}", "Tokens that are in the key-value cache.");
        _sequences = meter.CreateUpDownCounter<long>("qwenvl.decode.sequences", "{sequence}", "Sequences in the decoder.");
    }

    /// <summary>Features in memory, and lookups of features in every tier.</summary>
    public CacheMetrics FeatureCache { get; }

    /// <summary>Encoded pictures, which spare uploads.</summary>
    public CacheMetrics ImageCache { get; }

    /// <summary>The tier that several servers share.</summary>
    public SharedTierMetrics SharedTier { get; }

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

    /// <summary>
    /// Counts no failure, once somebody listens: a series that begins with its first failure has no increase that an alert
    /// could see.
    /// </summary>
    public void BeginAtZero()
    {
        foreach (string stage in (string[])[EncodeWorker.Stage, DecodeWorker.Stage])
        {
            _failedBatches.Add(0, new KeyValuePair<string, object?>("stage", stage));
            foreach (DropReason reason in Enum.GetValues<DropReason>()) Dropped(stage, reason, 0);
        }

        SharedTier.BeginAtZero();
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

    private static InstrumentAdvice<double> Shares { get; } = new() { HistogramBucketBoundaries = [0, 0.05, 0.1, 0.2, 0.3, 0.5, 0.7] };

    private static InstrumentAdvice<int> StepTokens { get; } = new() { HistogramBucketBoundaries = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096] };

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

    /// <summary>A batch was started.</summary>
    /// <param name="tower">Of which tower.</param>
    /// <param name="patches">Patches of its pictures.</param>
    /// <param name="computed">Patches that are computed, padding included.</param>
    public void Padded(string tower, long patches, long computed) => _paddedShare.Record(1 - (double)patches / computed, new KeyValuePair<string, object?>("tower", tower));

    /// <summary>The decoder made a step.</summary>
    /// <param name="sequences">Sequences that took part.</param>
    /// <param name="prefilled">Tokens of prompts and given answers that were fed.</param>
    /// <param name="decoded">Tokens of answers that were fed.</param>
    /// <param name="generated">Tokens that were written.</param>
    /// <param name="seconds">How long it took.</param>
    public void Stepped(int sequences, int prefilled, int decoded, int generated, double seconds)
    {
        _step.Record(seconds);
        _stepBatch.Record(sequences);
        if (prefilled > 0) _stepTokens.Record(prefilled, new KeyValuePair<string, object?>("kind", "prefill"));
        if (decoded > 0) _stepTokens.Record(decoded, new KeyValuePair<string, object?>("kind", "decode"));
        if (prefilled > 0) _tokens.Add(prefilled, new KeyValuePair<string, object?>("kind", "prefilled"));
        if (generated > 0) _tokens.Add(generated, new KeyValuePair<string, object?>("kind", "generated"));
    }

    /// <summary>The key-value cache may hold more or fewer tokens.</summary>
    public void CacheCapacity(long change) => _cacheCapacity.Add(change);

    /// <summary>Sequences reserve more or fewer tokens.</summary>
    public void CacheReserved(long change) => _cacheReserved.Add(change);

    /// <summary>More or fewer tokens are in the key-value cache.</summary>
    public void CacheUsed(long change) => _cacheUsed.Add(change);

    /// <summary>Work left a queue without having run, or did not get in.</summary>
    public void Dropped(string stage, DropReason reason) => Dropped(stage, reason, 1);

    private void Dropped(string stage, DropReason reason, int count) =>
        _dropped.Add(count, new KeyValuePair<string, object?>("stage", stage), new KeyValuePair<string, object?>("reason", NameOf(reason)));

    public void Waited(string stage, double seconds) => _queue.Record(seconds, new KeyValuePair<string, object?>("stage", stage));

    public void Waited(string stage, RequestPriority priority, double seconds) =>
        _queue.Record(seconds, new KeyValuePair<string, object?>("stage", stage), new KeyValuePair<string, object?>("priority", NameOf(priority)));

    public void QueueChanged(string stage, int change) => _waiting.Add(change, new KeyValuePair<string, object?>("stage", stage));

    public void QueueChanged(string stage, RequestPriority priority, int change) =>
        _waiting.Add(change, new KeyValuePair<string, object?>("stage", stage), new KeyValuePair<string, object?>("priority", NameOf(priority)));

    public void SequencesChanged(int change) => _sequences.Add(change);

    private static string NameOf(RequestPriority priority) => priority == RequestPriority.Interactive ? "interactive" : "batch";

    private static string NameOf(DropReason reason) => reason switch
    {
        DropReason.Cancelled => "cancelled",
        DropReason.Expired => "expired",
        DropReason.Full => "full",
        _ => "ending",
    };
}
