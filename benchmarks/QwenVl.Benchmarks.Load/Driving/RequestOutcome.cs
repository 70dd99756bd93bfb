using QwenVl.Benchmarks.Load.Checking;
using QwenVl.Benchmarks.Load.Workloads;

namespace QwenVl.Benchmarks.Load.Driving;

/// <summary>What became of a request. Times are since it was due, whenever it was really sent; null where it did not come to that.</summary>
internal sealed record RequestOutcome
{
    /// <summary>The request.</summary>
    public required PlannedRequest Request { get; init; }

    /// <summary>How it ended.</summary>
    public required OutcomeKind Kind { get; init; }

    /// <summary>Why it was refused or failed: the server's reason, or gRPC's status.</summary>
    public string? Reason { get; init; }

    /// <summary>Whether a refusal said when to try again.</summary>
    public bool HasRetry { get; init; }

    /// <summary>How late this program sent it.</summary>
    public TimeSpan Lag { get; init; }

    /// <summary>From announcing the picture to the server's word that it holds it; a span.</summary>
    public TimeSpan? Upload { get; init; }

    /// <summary>To the first feature chunk.</summary>
    public TimeSpan? FirstFeatures { get; init; }

    /// <summary>To the last feature chunk.</summary>
    public TimeSpan? Features { get; init; }

    /// <summary>To the first token.</summary>
    public TimeSpan? FirstToken { get; init; }

    /// <summary>Times between tokens; those that came in one message share the time since the one before.</summary>
    public IReadOnlyList<TimeSpan> TokenGaps { get; init; } = [];

    /// <summary>From the server's last word to the device's first token; a span.</summary>
    public TimeSpan? SeamStall { get; init; }

    /// <summary>To the end, whichever it is.</summary>
    public required TimeSpan End { get; init; }

    /// <summary>Tokens that came, or that a device of its own wrote.</summary>
    public int Tokens { get; init; }

    /// <summary>Bytes of the picture's file that were sent.</summary>
    public long PictureBytes { get; init; }

    /// <summary>Bytes of features that came.</summary>
    public long FeatureBytes { get; init; }

    /// <summary>Whether the server knew the file and needed no upload.</summary>
    public bool WasKnown { get; init; }

    /// <summary>Whether the features came out of the server's cache.</summary>
    public bool WasCached { get; init; }

    /// <summary>Seconds that the server says it waited in queues.</summary>
    public double? ServerQueueSeconds { get; init; }

    /// <summary>What the answer must never do, and did.</summary>
    public IReadOnlyList<Violation> Violations { get; init; } = [];

    /// <summary>Tokens that were passed over.</summary>
    public long MissingTokens { get; init; }

    /// <summary>Tokens that came twice.</summary>
    public long DuplicateTokens { get; init; }

    /// <summary>A request that was not sent.</summary>
    public static RequestOutcome NotSent(PlannedRequest request, string reason) => new() { Request = request, Kind = OutcomeKind.Shed, Reason = reason, End = TimeSpan.Zero };
}
