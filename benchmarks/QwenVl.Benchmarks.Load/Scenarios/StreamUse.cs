namespace QwenVl.Benchmarks.Load.Scenarios;

/// <summary>How requests use streams.</summary>
internal enum StreamUse
{
    /// <summary>A stream of its own for each request; its handshake is part of the latency.</summary>
    PerRequest,

    /// <summary>Streams that are opened before the first request and kept.</summary>
    Kept,
}
