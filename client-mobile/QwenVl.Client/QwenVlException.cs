namespace QwenVl.Client;

/// <summary>The one exception of this library, besides cancellation and misuse of an argument. The message names the thing and the way out.</summary>
public sealed class QwenVlException : Exception
{
    /// <param name="code">What went wrong.</param>
    /// <param name="message">One line for people.</param>
    /// <param name="innerException">What caused it, if anything did.</param>
    public QwenVlException(QwenVlErrorCode code, string message, Exception? innerException = null)
        : base(message, innerException) => Code = code;

    /// <summary>What went wrong.</summary>
    public QwenVlErrorCode Code { get; }

    /// <summary>The server's own name of the mistake, such as <c>IMAGE_TOO_LARGE</c>; null where it was not the server that said so.</summary>
    public string? ServerReason { get; init; }

    /// <summary>After which time the server may accept the same again; null where it does not say.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>Whether asking again, perhaps on another stream, may help.</summary>
    internal bool IsTransient => Code is QwenVlErrorCode.ConnectionLost or QwenVlErrorCode.ConnectionFailed or QwenVlErrorCode.ProtocolViolation
        // A question that was given up on this side may for a moment still count on the other.
        || (Code is QwenVlErrorCode.LimitExceeded && (RetryAfter is not null || ServerReason is "QUESTION_LIMIT"));
}
