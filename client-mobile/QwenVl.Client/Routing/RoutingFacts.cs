using QwenVl.Client.Answers;

namespace QwenVl.Client.Routing;

/// <summary>What a decision is made from. Null stands for what nobody has measured or said yet.</summary>
public sealed record RoutingFacts
{
    /// <summary>The routes that are possible: what has no engines or no connection is not among them.</summary>
    public required IReadOnlyList<Route> Candidates { get; init; }

    /// <summary>What is asked.</summary>
    public required QuestionFacts Question { get; init; }

    /// <summary>The way to the server.</summary>
    public NetworkFacts Network { get; init; } = new();

    /// <summary>The server.</summary>
    public ServerFacts Server { get; init; } = new();

    /// <summary>This device's engines; null where it has none.</summary>
    public DeviceFacts? Device { get; init; }

    /// <summary>What the app said of battery and network.</summary>
    public DeviceHints Hints { get; init; } = DeviceHints.None;

    /// <summary>What earlier answers took, over what was predicted for them, by route: 2 where one took twice as long. A route that is missing has 1.</summary>
    public IReadOnlyDictionary<Route, double> Corrections { get; init; } = new Dictionary<Route, double>();
}
