namespace QwenVl.Runtime.Errors;

/// <summary>A request that is refused, with a message for the person who sent it.</summary>
/// <param name="error">The kind.</param>
/// <param name="reason">What programs compare: UPPER_SNAKE_CASE, one of <see cref="RequestReason"/>.</param>
/// <param name="message">What is wrong and the way out.</param>
/// <param name="retryAfter">When to try again, where that has been estimated.</param>
public sealed class RequestException(RequestError error, string reason, string message, TimeSpan? retryAfter = null) : Exception(message)
{
    private static readonly TimeSpan UsualRetry = TimeSpan.FromSeconds(1);

    /// <summary>The kind.</summary>
    public RequestError Error { get; } = error;

    /// <summary>What programs compare.</summary>
    public string Reason { get; } = reason;

    /// <summary>When to try again, where the same request may work later.</summary>
    public TimeSpan? RetryAfter => Error is RequestError.ResourceExhausted or RequestError.Unavailable ? retryAfter ?? UsualRetry : null;

    /// <summary>A request that can never work.</summary>
    public static RequestException Invalid(string reason, string message) => new(RequestError.InvalidArgument, reason, message);

    /// <summary>A request that does not fit.</summary>
    public static RequestException Precondition(string reason, string message) => new(RequestError.FailedPrecondition, reason, message);

    /// <summary>The server is loading or ending.</summary>
    public static RequestException Unavailable(string reason, string message) => new(RequestError.Unavailable, reason, message);

    /// <summary>No key that the server knows came.</summary>
    public static RequestException Unauthenticated(string message) => new(RequestError.Unauthenticated, RequestReason.Unauthenticated, message);

    /// <summary>The server is ending.</summary>
    public static RequestException Ending() => Unavailable(RequestReason.Ending, "The server is ending. Connect again in a moment.");

    /// <summary>The request's deadline has passed.</summary>
    public static RequestException Expired() => new(RequestError.DeadlineExceeded, RequestReason.DeadlineExceeded, "The deadline passed before the work was done.");

    /// <summary>A limit is reached.</summary>
    /// <param name="reason">Which.</param>
    /// <param name="message">What is wrong and the way out.</param>
    /// <param name="retryAfter">When there may be room; null where nobody can say.</param>
    public static RequestException Exhausted(string reason, string message, TimeSpan? retryAfter = null) => new(RequestError.ResourceExhausted, reason, message, retryAfter);
}
