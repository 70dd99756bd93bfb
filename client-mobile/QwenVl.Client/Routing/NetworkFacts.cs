namespace QwenVl.Client.Routing;

/// <summary>The way to the server, as this client's own transfers lately went. Nothing is sent to find out.</summary>
public sealed record NetworkFacts
{
    /// <summary>Bytes a second towards the server; null where neither a transfer nor the app has said.</summary>
    public double? UpBytesPerSecond { get; init; }

    /// <summary>Bytes a second from the server; null where neither a transfer nor the app has said.</summary>
    public double? DownBytesPerSecond { get; init; }

    /// <summary>From a message to its answer, without the server's work.</summary>
    public TimeSpan? RoundTrip { get; init; }
}
