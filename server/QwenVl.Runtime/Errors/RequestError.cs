namespace QwenVl.Runtime.Errors;

/// <summary>The kinds of refusal; each has one gRPC status and one HTTP status.</summary>
public enum RequestError
{
    /// <summary>The request can never work as it is.</summary>
    InvalidArgument,

    /// <summary>The request does not fit what this server hosts or what came before it.</summary>
    FailedPrecondition,

    /// <summary>A limit is reached; later it may work.</summary>
    ResourceExhausted,

    /// <summary>The server is loading or ending.</summary>
    Unavailable,

    /// <summary>The client's own deadline has passed.</summary>
    DeadlineExceeded,

    /// <summary>The server asks for a key, and none of its own came.</summary>
    Unauthenticated,

    /// <summary>A defect of the server.</summary>
    Internal,
}
