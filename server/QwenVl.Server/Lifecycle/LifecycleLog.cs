namespace QwenVl.Server.Lifecycle;

/// <summary>What starting and ending log.</summary>
internal static partial class LifecycleLog
{
    [LoggerMessage(100, LogLevel.Information, "Ready after {Seconds:0.0} s: HTTP on port {Http}, gRPC on {Grpc}, metrics on {Metrics}; pictures are decoded with {Decoder}")]
    public static partial void Ready(this ILogger log, double seconds, int http, int grpc, int metrics, string decoder);

    [LoggerMessage(101, LogLevel.Information, "Engine of {Checkpoint}: {Stage} {Percent:0} %")]
    public static partial void Building(this ILogger log, string checkpoint, string stage, double percent);

    [LoggerMessage(102, LogLevel.Critical, "The models cannot be loaded")]
    public static partial void LoadingFailed(this ILogger log, Exception error);
}
