namespace QwenVl.Server.Streaming;

/// <summary>What streams log. An error is a defect of the server, never a client that left.</summary>
internal static partial class StreamLog
{
    [LoggerMessage(1, LogLevel.Information, "Stream of {Client} of tenant {Tenant} opened for checkpoint {Checkpoint}")]
    public static partial void StreamOpened(this ILogger log, string client, string tenant, string checkpoint);

    [LoggerMessage(2, LogLevel.Information, "Stream closed after {Seconds:0.0} s: {Outcome}")]
    public static partial void StreamClosed(this ILogger log, double seconds, string outcome);

    [LoggerMessage(3, LogLevel.Error, "Question {QuestionId} failed")]
    public static partial void QuestionFailed(this ILogger log, uint questionId, Exception error);

    [LoggerMessage(4, LogLevel.Error, "Stream failed")]
    public static partial void StreamFailed(this ILogger log, Exception error);
}
