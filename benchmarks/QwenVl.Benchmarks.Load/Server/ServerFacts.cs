namespace QwenVl.Benchmarks.Load.Server;

/// <summary>What a server's metrics say of the time between two pages. Null where it does not export what is needed.</summary>
internal sealed record ServerFacts
{
    /// <summary>Seconds between the pages.</summary>
    public required double Seconds { get; init; }

    /// <summary>Runs of vision towers.</summary>
    public double? EncodeRuns { get; init; }

    /// <summary>Pictures that towers encoded.</summary>
    public double? EncodedPictures { get; init; }

    /// <summary>Pictures a run, mean.</summary>
    public double? MeanBatchSize { get; init; }

    /// <summary>Runs by batch size.</summary>
    public IReadOnlyList<BatchBucket> BatchSizes { get; init; } = [];

    /// <summary>The share of the time in which a tower ran; over 1 where several do.</summary>
    public double? EncodeUtilisation { get; init; }

    /// <summary>Sequences a step of the decoder, mean.</summary>
    public double? MeanStepBatchSize { get; init; }

    /// <summary>Milliseconds of preparing one picture, mean.</summary>
    public double? PreprocessMs { get; init; }

    /// <summary>Milliseconds of waiting for a worker, a tower or the decoder, mean.</summary>
    public double? QueueMs { get; init; }

    /// <summary>Requests that wait, at the end.</summary>
    public double? QueueLength { get; init; }

    /// <summary>The share of lookups that the feature cache answered.</summary>
    public double? CacheHitRatio { get; init; }

    /// <summary>Tokens generated.</summary>
    public double? GeneratedTokens { get; init; }

    /// <summary>Refusals.</summary>
    public double? Refusals { get; init; }

    /// <summary>Processor cores in use, mean.</summary>
    public double? CpuCores { get; init; }

    /// <summary>Bytes of memory in use, at the end.</summary>
    public double? WorkingSetBytes { get; init; }

    /// <summary>Bytes of memory held on the GPU, at the end.</summary>
    public double? DeviceMemoryBytes { get; init; }

    /// <summary>Streams open, at the end.</summary>
    public double? Streams { get; init; }

    /// <summary>Between two pages.</summary>
    public static ServerFacts Between(MetricsPage first, MetricsPage last, TimeSpan elapsed)
    {
        double? runs = Grown($"{MetricNames.EncodeBatchSize}_count"), pictures = Grown($"{MetricNames.EncodeBatchSize}_sum");
        double? hits = Grown(MetricNames.CacheLookups, "outcome", "hit"), lookups = Grown(MetricNames.CacheLookups);
        return new ServerFacts
        {
            Seconds = elapsed.TotalSeconds,
            EncodeRuns = runs,
            EncodedPictures = pictures,
            MeanBatchSize = Ratio(pictures, runs),
            BatchSizes = Buckets(MetricNames.EncodeBatchSize),
            EncodeUtilisation = Ratio(Grown($"{MetricNames.EncodeSeconds}_sum"), elapsed.TotalSeconds),
            MeanStepBatchSize = Mean(MetricNames.StepBatchSize),
            PreprocessMs = Mean(MetricNames.PreprocessSeconds) * 1000,
            QueueMs = Mean(MetricNames.QueueSeconds) * 1000,
            QueueLength = last.Sum(MetricNames.QueueLength),
            CacheHitRatio = Ratio(hits ?? 0, lookups),
            GeneratedTokens = Grown(MetricNames.DecodeTokens, "kind", "generated"),
            Refusals = Grown(MetricNames.Refusals),
            CpuCores = Ratio(Grown(MetricNames.CpuSeconds), elapsed.TotalSeconds),
            WorkingSetBytes = last.Sum(MetricNames.WorkingSet),
            DeviceMemoryBytes = last.Sum(MetricNames.DeviceMemory, "kind", "device"),
            Streams = last.Sum(MetricNames.Streams),
        };

        // A counter that did not exist before was zero.
        double? Grown(string name, string? label = null, string? value = null) => last.Sum(name, label, value) - (first.Sum(name, label, value) ?? 0);

        double? Mean(string name) => Ratio(Grown($"{name}_sum"), Grown($"{name}_count"));

        List<BatchBucket> Buckets(string name)
        {
            SortedDictionary<double, double> before = first.Buckets(name);
            return [.. last.Buckets(name)
                .Select(bucket => new BatchBucket(double.IsFinite(bucket.Key) ? bucket.Key : null, bucket.Value - before.GetValueOrDefault(bucket.Key)))
                .Where(bucket => bucket.Runs > 0)];
        }
    }

    private static double? Ratio(double? part, double? whole) => whole > 0 ? part / whole : null;
}
