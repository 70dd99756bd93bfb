using System.Diagnostics.Metrics;

namespace QwenVl.Runtime.Telemetry;

/// <summary>What the pipeline counts: seconds and bytes, one histogram a stage.</summary>
public sealed class RuntimeMetrics
{
    /// <summary>The meter's name.</summary>
    public const string MeterName = "QwenVl.Runtime";

    private readonly Histogram<double> _preprocess;
    private readonly Histogram<double> _encode;
    private readonly Histogram<int> _encodeBatch;
    private readonly Histogram<double> _step;
    private readonly Histogram<int> _stepBatch;
    private readonly Histogram<double> _queue;
    private readonly Counter<long> _tokens;
    private readonly Counter<long> _lookups;
    private readonly UpDownCounter<long> _cacheBytes;
    private readonly UpDownCounter<long> _waiting;

    /// <param name="factory">Creates the meter.</param>
    public RuntimeMetrics(IMeterFactory factory)
    {
        ArgumentNullException.ThrowIfNull(factory);
        Meter meter = factory.Create(MeterName);
        _preprocess = meter.CreateHistogram<double>("qwenvl.preprocess.duration", "s", "Decoding, resizing and cutting one picture.");
        _encode = meter.CreateHistogram<double>("qwenvl.encode.duration", "s", "One batch of a vision tower.");
        _encodeBatch = meter.CreateHistogram<int>("qwenvl.encode.batch_size", "{picture}", "Pictures of one batch.");
        _step = meter.CreateHistogram<double>("qwenvl.decode.step.duration", "s", "One step of the decoder.");
        _stepBatch = meter.CreateHistogram<int>("qwenvl.decode.batch_size", "{sequence}", "Sequences of one step.");
        _queue = meter.CreateHistogram<double>("qwenvl.queue.duration", "s", "Waiting for a tower or the decoder.");
        _tokens = meter.CreateCounter<long>("qwenvl.decode.tokens", "{token}", "Tokens prefilled and generated.");
        _lookups = meter.CreateCounter<long>("qwenvl.feature_cache.lookups", "{lookup}", "Lookups in the feature cache.");
        _cacheBytes = meter.CreateUpDownCounter<long>("qwenvl.feature_cache.size", "By", "Bytes held by the feature cache.");
        _waiting = meter.CreateUpDownCounter<long>("qwenvl.queue.length", "{request}", "Requests that wait for a tower or the decoder.");
    }

    public void Preprocessed(double seconds) => _preprocess.Record(seconds);

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

    public void LookedUp(bool hit) => _lookups.Add(1, new KeyValuePair<string, object?>("outcome", hit ? "hit" : "miss"));

    public void CacheChanged(long bytes) => _cacheBytes.Add(bytes);
}
