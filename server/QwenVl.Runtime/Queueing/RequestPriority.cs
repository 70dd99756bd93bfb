namespace QwenVl.Runtime.Queueing;

/// <summary>How urgent work is. The urgent goes first, and the rest still gets its turn.</summary>
public enum RequestPriority
{
    /// <summary>Somebody is looking at a screen.</summary>
    Interactive,

    /// <summary>Nobody waits for this one answer: jobs over many pictures.</summary>
    Batch,
}
