namespace QwenVl.Runtime.Errors;

/// <summary>A request that is refused, with a message for the person who sent it.</summary>
/// <param name="error">The kind.</param>
/// <param name="reason">What programs compare: UPPER_SNAKE_CASE, one of <see cref="RequestReason"/>.</param>
/// <param name="message">What is wrong and the way out.</param>
public sealed class RequestException(RequestError error, string reason, string message) : Exception(message)
{
    /// <summary>The kind.</summary>
    public RequestError Error { get; } = error;

    /// <summary>What programs compare.</summary>
    public string Reason { get; } = reason;

    /// <summary>When to try again, where the same request may work later.</summary>
    public TimeSpan? RetryAfter => Error is RequestError.ResourceExhausted or RequestError.Unavailable ? TimeSpan.FromSeconds(1) : null;

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

    /// <summary>A limit is reached.</summary>
    public static RequestException Exhausted(string reason, string message) => new(RequestError.ResourceExhausted, reason, message);
}
