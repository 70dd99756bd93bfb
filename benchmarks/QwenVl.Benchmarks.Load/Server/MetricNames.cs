namespace QwenVl.Benchmarks.Load.Server;

/// <summary>The metrics that are read, as the server exports them to Prometheus.</summary>
internal static class MetricNames
{
    public const string EncodeBatchSize = "qwenvl_encode_batch_size";
    public const string EncodeSeconds = "qwenvl_encode_duration_seconds";
    public const string StepBatchSize = "qwenvl_decode_batch_size";
    public const string PreprocessSeconds = "qwenvl_preprocess_duration_seconds";
    public const string QueueSeconds = "qwenvl_queue_duration_seconds";
    public const string QueueLength = "qwenvl_queue_length";
    public const string CacheLookups = "qwenvl_feature_cache_lookups_total";
    public const string CacheBytes = "qwenvl_feature_cache_size_bytes";
    public const string DecodeTokens = "qwenvl_decode_tokens_total";
    public const string Refusals = "qwenvl_refusals_total";
    public const string Streams = "qwenvl_streams_active";
    public const string Requests = "qwenvl_requests_active";
    public const string Questions = "qwenvl_questions_active";
    public const string Sequences = "qwenvl_decode_sequences";
    public const string ImageBytes = "qwenvl_images_size_bytes";
    public const string DeviceMemory = "qwenvl_device_memory_bytes";
    public const string CpuSeconds = "dotnet_process_cpu_time_seconds_total";
    public const string WorkingSet = "dotnet_process_memory_working_set_bytes";

    /// <summary>What is over zero only while clients are there.</summary>
    public static IReadOnlyList<string> LiveState { get; } = [Streams, Requests, Questions, Sequences, ImageBytes, QueueLength];
}
