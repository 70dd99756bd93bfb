namespace QwenVl.Client.Routing;

/// <summary>What the server said of its load, and how fast it was for this client's questions.</summary>
public sealed record ServerFacts
{
    /// <summary>How long a question that asks for tokens would wait before it is worked on. Fades while nothing is heard.</summary>
    public TimeSpan? Wait { get; init; }

    /// <summary>The same of a question that asks for features only.</summary>
    public TimeSpan? FeatureWait { get; init; }

    /// <summary>Decoding and cutting a picture.</summary>
    public TimeSpan? Preprocess { get; init; }

    /// <summary>Seconds of the large model's vision tower for each token of a picture.</summary>
    public double? EncodeSecondsPerToken { get; init; }

    /// <summary>Seconds of the vision tower of the device's checkpoint for each token of a picture.</summary>
    public double? FeatureSecondsPerToken { get; init; }

    /// <summary>Seconds of the large model for each token of a prompt, those of its picture included.</summary>
    public double? PrefillSecondsPerToken { get; init; }

    /// <summary>Seconds between two tokens of one answer.</summary>
    public double? SecondsPerToken { get; init; }
}
