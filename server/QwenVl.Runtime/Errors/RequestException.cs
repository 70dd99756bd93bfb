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

    /// <summary>A request that can never work.</summary>
    public static RequestException Invalid(string reason, string message) => new(RequestError.InvalidArgument, reason, message);

    /// <summary>A request that does not fit.</summary>
    public static RequestException Precondition(string reason, string message) => new(RequestError.FailedPrecondition, reason, message);

    /// <summary>A limit is reached.</summary>
    public static RequestException Exhausted(string reason, string message) => new(RequestError.ResourceExhausted, reason, message);
}
