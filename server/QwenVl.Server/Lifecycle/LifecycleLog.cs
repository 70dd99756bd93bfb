namespace QwenVl.Server.Lifecycle;

/// <summary>What starting and ending log.</summary>
internal static partial class LifecycleLog
{
    [LoggerMessage(100, LogLevel.Information, "Ready after {Seconds:0.0} s")]
    public static partial void Ready(this ILogger log, double seconds);

    [LoggerMessage(101, LogLevel.Information, "Engine of {Checkpoint}: {Stage} {Percent:0} %")]
    public static partial void Building(this ILogger log, string checkpoint, string stage, double percent);

    [LoggerMessage(102, LogLevel.Critical, "Cannot start: {Reason}")]
    public static partial void CannotStart(this ILogger log, string reason);
}
