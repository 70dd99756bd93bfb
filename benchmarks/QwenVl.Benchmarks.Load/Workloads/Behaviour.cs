namespace QwenVl.Benchmarks.Load.Workloads;

/// <summary>How a client treats its request.</summary>
internal enum Behaviour
{
    /// <summary>Asks, and reads the answer to its end.</summary>
    Normal,

    /// <summary>Ends its question with Cancel.</summary>
    Cancel,

    /// <summary>Ends its call in mid-stream.</summary>
    Leave,

    /// <summary>Its connection is reset in mid-stream.</summary>
    Crash,

    /// <summary>Waits before it reads each message.</summary>
    SlowReader,

    /// <summary>Finishes the answer with a decoder of its own.</summary>
    Local,
}
