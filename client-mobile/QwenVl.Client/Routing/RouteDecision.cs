using QwenVl.Client.Answers;
using QwenVl.Model.Features;

namespace QwenVl.Client.Routing;

/// <summary>Who answers a question, and why.</summary>
public sealed record RouteDecision
{
    /// <summary>Never <see cref="Answers.Route.Auto"/>.</summary>
    public required Route Route { get; init; }

    /// <summary>How many pixels of the picture the models see.</summary>
    public required PictureResolution Resolution { get; init; }

    /// <summary>How features travel, where they do.</summary>
    public required FeatureEncoding FeatureEncoding { get; init; }

    /// <summary>Hybrid: the server writes at least so many tokens, and goes on only where the device is not ready by then.</summary>
    public int TakeOverAfter { get; init; }

    /// <summary>What was predicted for the route taken; null where the facts do not allow it.</summary>
    public RoutePrediction? Predicted { get; init; }

    /// <summary>What was predicted for every route considered, the one taken among them.</summary>
    public IReadOnlyList<RoutePrediction> Predictions { get; init; } = [];

    /// <summary>One plain line with the numbers that decided. Holds nothing of prompt, picture or answer.</summary>
    public required string Explanation { get; init; }
}
