using QwenVl.Protos.V1;

namespace QwenVl.Client.Routing;

/// <summary>What a server says of the questions that come now.</summary>
public sealed record ServerLoadHint
{
    /// <summary>How long one that asks for tokens would wait for the towers and the decoder.</summary>
    public TimeSpan Wait { get; init; }

    /// <summary>How long one that asks for features only would wait.</summary>
    public TimeSpan FeatureWait { get; init; }

    /// <summary>Seconds between two tokens of one answer, lately; null where none was written yet.</summary>
    public double? SecondsPerToken { get; init; }

    internal static ServerLoadHint? From(ServerLoad? load) => load is null ? null : new ServerLoadHint
    {
        Wait = Span(load.WaitSeconds),
        FeatureWait = Span(load.FeatureWaitSeconds),
        SecondsPerToken = load.TokenSeconds is > 0 and < LongestSeconds ? load.TokenSeconds : null,
    };

    private const double LongestSeconds = 3600;

    /// <summary>A server's number is not trusted to be one.</summary>
    private static TimeSpan Span(double seconds) => seconds is > 0 and < LongestSeconds ? TimeSpan.FromSeconds(seconds) : TimeSpan.Zero;
}
