namespace QwenVl.Benchmarks.Load.Scenarios;

/// <summary>Shares of requests that do not simply ask and read, from 0 to 1 together.</summary>
internal sealed record ShareOptions
{
    /// <summary>Ends its question with Cancel.</summary>
    public required double Cancel { get; init; }

    /// <summary>Ends its call in mid-stream.</summary>
    public required double Leave { get; init; }

    /// <summary>Its connection is reset in mid-stream, as when a process or a network dies.</summary>
    public required double Crash { get; init; }

    /// <summary>Waits before it reads each message.</summary>
    public required double SlowReader { get; init; }

    /// <summary>Finishes the answer with a decoder of its own.</summary>
    public required double Local { get; init; }

    /// <summary>Milliseconds from the question to Cancel, leaving or crashing.</summary>
    public required WholeRange AfterMs { get; init; }

    /// <summary>Milliseconds that a slow reader waits before each message.</summary>
    public required int SlowReaderMs { get; init; }

    /// <summary>Devices with decoders of their own; each answers one question at a time.</summary>
    public required int LocalDevices { get; init; }
}
