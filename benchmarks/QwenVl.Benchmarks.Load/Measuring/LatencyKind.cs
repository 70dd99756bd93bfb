namespace QwenVl.Benchmarks.Load.Measuring;

/// <summary>What is timed. Since the request was due, where it is no span of its own.</summary>
internal enum LatencyKind
{
    /// <summary>A span: from announcing a picture to the server's word that it holds it.</summary>
    Upload,

    /// <summary>To the first feature chunk.</summary>
    FirstFeatures,

    /// <summary>To the last feature chunk.</summary>
    Features,

    /// <summary>To the first token.</summary>
    FirstToken,

    /// <summary>A span: between two tokens.</summary>
    InterToken,

    /// <summary>A span: from the server's last word to the device's first token.</summary>
    SeamStall,

    /// <summary>To the end of the answer. Requests that had none count with the time they had waited.</summary>
    Answer,

    /// <summary>To the refusal.</summary>
    Refusal,

    /// <summary>A span: what the server says that a question waited in its queues.</summary>
    ServerQueue,

    /// <summary>How late this program sent requests.</summary>
    Lag,
}
