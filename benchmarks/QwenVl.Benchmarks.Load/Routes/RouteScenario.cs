using QwenVl.Benchmarks.Load.Scenarios;
using QwenVl.Client.Answers;

namespace QwenVl.Benchmarks.Load.Routes;

/// <summary>What routes are compared on.</summary>
internal sealed record RouteScenario
{
    /// <summary>What results are called.</summary>
    public required string Name { get; init; }

    /// <summary>One line.</summary>
    public required string Description { get; init; }

    /// <summary>Everything random follows from it.</summary>
    public required int Seed { get; init; }

    /// <summary>Flags of a server that is started for it.</summary>
    public required string ServerArguments { get; init; }

    /// <summary>Questions, each asked by every route.</summary>
    public required int Questions { get; init; }

    /// <summary>What the models see.</summary>
    public required PictureResolution Resolution { get; init; }

    /// <summary>How long one answer may take.</summary>
    public required TimeSpan Timeout { get; init; }

    /// <summary>How often each transfer is timed; 0: not at all.</summary>
    public required int TransferRepeats { get; init; }

    /// <summary>The ways.</summary>
    public required IReadOnlyList<RouteChoice> Routes { get; init; }

    /// <summary>The networks.</summary>
    public required IReadOnlyList<NetworkOptions> Networks { get; init; }

    /// <summary>What else the server has to do.</summary>
    public required IReadOnlyList<LoadChoice> Loads { get; init; }

    /// <summary>Sizes to compute for.</summary>
    public required IReadOnlyList<RealSize> RealSizes { get; init; }
}
