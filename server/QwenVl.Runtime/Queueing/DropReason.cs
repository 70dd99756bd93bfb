namespace QwenVl.Runtime.Queueing;

/// <summary>Why work left a queue without having run.</summary>
public enum DropReason
{
    /// <summary>Nobody waits for it any more.</summary>
    Cancelled,

    /// <summary>Its deadline has passed.</summary>
    Expired,

    /// <summary>The queue was full when it came.</summary>
    Full,

    /// <summary>The server is ending.</summary>
    Ending,
}
