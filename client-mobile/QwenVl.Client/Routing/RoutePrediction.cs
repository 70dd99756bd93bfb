using QwenVl.Client.Answers;
using QwenVl.Model.Features;

namespace QwenVl.Client.Routing;

/// <summary>What a route would take.</summary>
/// <param name="Route">Which one.</param>
/// <param name="Resolution">At this resolution.</param>
/// <param name="FeatureEncoding">With features written like this, where they travel.</param>
public sealed record RoutePrediction(Route Route, PictureResolution Resolution, FeatureEncoding FeatureEncoding)
{
    /// <summary>From the question to its answer's first token.</summary>
    public TimeSpan FirstToken { get; init; }

    /// <summary>From the question to its answer's last token.</summary>
    public TimeSpan Total { get; init; }

    /// <summary>Hybrid: from the question to the device's first token; null where the server would have written all by then.</summary>
    public TimeSpan? FirstDeviceToken { get; init; }

    /// <summary>Hybrid: the least tokens that the server writes.</summary>
    public int TakeOverAfter { get; init; }

    /// <summary>Tokens that the server writes.</summary>
    public int CloudTokens { get; init; }

    /// <summary>Bytes of picture and features over the network.</summary>
    public long Bytes { get; init; }

    /// <summary>The device's engines work for so long.</summary>
    public TimeSpan DeviceWork { get; init; }
}
