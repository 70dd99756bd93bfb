namespace QwenVl.Benchmarks.Load.Scenarios;

/// <summary>The service level: a request that meets every limit named counts as goodput.</summary>
internal sealed record SloOptions
{
    /// <summary>Milliseconds to the first feature chunk.</summary>
    public required double? FirstFeaturesMs { get; init; }

    /// <summary>Milliseconds to the last feature chunk.</summary>
    public required double? FeaturesMs { get; init; }

    /// <summary>Milliseconds to the first token.</summary>
    public required double? FirstTokenMs { get; init; }

    /// <summary>Milliseconds to the end of the answer.</summary>
    public required double? AnswerMs { get; init; }

    /// <summary>The percentage of all requests due that must meet the limits for a rate to count as within the service level.</summary>
    public required double Percent { get; init; }

    /// <summary>Whether any limit is named.</summary>
    public bool HasLimits => (FirstFeaturesMs ?? FeaturesMs ?? FirstTokenMs ?? AnswerMs) is not null;
}
