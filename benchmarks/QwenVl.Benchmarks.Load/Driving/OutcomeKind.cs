namespace QwenVl.Benchmarks.Load.Driving;

/// <summary>How a request ended.</summary>
internal enum OutcomeKind
{
    /// <summary>It was answered to its end.</summary>
    Answered,

    /// <summary>The server refused it: too much to do, loading or ending.</summary>
    Refused,

    /// <summary>It failed otherwise.</summary>
    Failed,

    /// <summary>It had no answer within its time.</summary>
    TimedOut,

    /// <summary>It ended as its behaviour says: cancelled, left, crashed or cut.</summary>
    EndedAsPlanned,

    /// <summary>It was due while too many were under way in the client, and never sent.</summary>
    Shed,
}
