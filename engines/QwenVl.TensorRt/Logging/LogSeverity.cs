using Microsoft.Extensions.Logging;

namespace QwenVl.TensorRt.Logging;

/// <summary>TensorRT's severities, falling.</summary>
internal enum LogSeverity
{
    InternalError = 0,
    Error = 1,
    Warning = 2,
    Info = 3,
    Verbose = 4,
}

internal static class LogSeverities
{
    /// <summary>
    /// What TensorRT calls an error is often part of a question ("does this layer fit?") or of a call whose exception says the
    /// same, so it is a warning here; its verbose lines, thousands a build, are traces.
    /// </summary>
    public static LogLevel ToLevel(this LogSeverity severity) => severity switch
    {
        LogSeverity.InternalError => LogLevel.Error,
        LogSeverity.Error or LogSeverity.Warning => LogLevel.Warning,
        LogSeverity.Info => LogLevel.Debug,
        _ => LogLevel.Trace,
    };
}
