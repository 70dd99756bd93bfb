using System.Collections.Immutable;
using Microsoft.Extensions.Logging;

namespace QwenVl.TensorRt.Logging;

/// <summary>
/// What TensorRT logs, for the whole process: the libraries keep the first logger that they are given until the process ends.
/// Severities become levels: internal error Error; error and warning Warning, for every failed call also throws; info Debug;
/// verbose Trace. Loggers are called from any thread, also TensorRT's own, and an exception in one is swallowed.
/// </summary>
public static partial class TensorRtLog
{
    private static ImmutableArray<ILogger> _loggers = [];

    /// <summary>Sends the messages to a logger, beside those registered before, until the result is disposed.</summary>
    public static IDisposable Register(ILogger logger)
    {
        ArgumentNullException.ThrowIfNull(logger);
        ImmutableInterlocked.Update(ref _loggers, static (loggers, added) => loggers.Add(added), logger);
        return new LogRegistration(() => ImmutableInterlocked.Update(ref _loggers, static (loggers, removed) => loggers.Remove(removed), logger));
    }

    /// <summary>Sends the messages to a logger until the process ends; once, however often it is asked.</summary>
    internal static void Keep(ILogger logger) =>
        ImmutableInterlocked.Update(ref _loggers, static (loggers, kept) => loggers.Contains(kept) ? loggers : loggers.Add(kept), logger);

    internal static void Write(LogSeverity severity, ReadOnlySpan<byte> utf8)
    {
        ImmutableArray<ILogger> loggers = _loggers;
        LogLevel level = severity.ToLevel();
        bool wanted = severity <= LogSeverity.Warning;
        foreach (ILogger logger in loggers) wanted |= logger.IsEnabled(level);
        if (!wanted) return;
        string message = MessageText.Of(utf8);
        if (severity <= LogSeverity.Warning) RecentMessages.Add(severity, message);
        foreach (ILogger logger in loggers) WriteTo(logger, level, message);
    }

    private static void WriteTo(ILogger logger, LogLevel level, string message)
    {
        try
        {
            Message(logger, level, message);
        }
#pragma warning disable CA1031 // A logger that throws must not unwind TensorRT's frames.
        catch (Exception)
        {
        }
#pragma warning restore CA1031
    }

    [LoggerMessage(EventId = 1, EventName = "TensorRt", Message = "TensorRT: {Message}")]
    private static partial void Message(ILogger logger, LogLevel level, string message);
}
