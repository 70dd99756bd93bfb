namespace QwenVl.Benchmarks.Load.Scenarios;

/// <summary>A workload, as its file states it.</summary>
internal sealed record Scenario
{
    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>What it is for.</summary>
    public required string Description { get; init; }

    /// <summary>Everything random follows from it.</summary>
    public required int Seed { get; init; }

    /// <summary>The measured part.</summary>
    public required TimeSpan Duration { get; init; }

    /// <summary>Load before it that does not count.</summary>
    public required TimeSpan WarmUp { get; init; }

    /// <summary>How long requests may take after the last one was due, before they are given up.</summary>
    public required TimeSpan Drain { get; init; }

    /// <summary>How long one request may take.</summary>
    public required TimeSpan Timeout { get; init; }

    /// <summary>Arguments of a server that is started for this scenario.</summary>
    public required string ServerArguments { get; init; }

    /// <summary>When requests start.</summary>
    public required ArrivalOptions Arrivals { get; init; }

    /// <summary>How requests use streams.</summary>
    public required StreamUse Streams { get; init; }

    /// <summary>Streams that are kept open.</summary>
    public required int KeptStreams { get; init; }

    /// <summary>Connections of each network.</summary>
    public required int Connections { get; init; }

    /// <summary>Pictures; null: questions have none.</summary>
    public required PictureOptions? Pictures { get; init; }

    /// <summary>Questions.</summary>
    public required QuestionOptions Question { get; init; }

    /// <summary>Requests that behave otherwise.</summary>
    public required ShareOptions Shares { get; init; }

    /// <summary>Networks with their shares; at least one.</summary>
    public required IReadOnlyList<NetworkOptions> Networks { get; init; }

    /// <summary>The service level.</summary>
    public required SloOptions Slo { get; init; }

    /// <summary>The same with all rates multiplied.</summary>
    public Scenario ScaledBy(double factor) => this with { Arrivals = Arrivals with { Steps = [.. Arrivals.Steps.Select(step => step with { Rate = factor * step.Rate })] } };

    /// <summary>The same at one constant mean rate.</summary>
    public Scenario AtRate(double rate) => this with { Arrivals = Arrivals with { Steps = [new RateStep(1, rate)] } };
}
