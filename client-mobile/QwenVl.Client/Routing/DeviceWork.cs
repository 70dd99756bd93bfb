namespace QwenVl.Client.Routing;

/// <summary>What the device did for an answer, and what it took; null where it did not.</summary>
internal readonly record struct DeviceWork
{
    /// <summary>Reading the picture and cutting it into patches.</summary>
    public TimeSpan? Prepare { get; init; }

    /// <summary>Pixels of the picture.</summary>
    public long? Pixels { get; init; }

    /// <summary>The vision tower.</summary>
    public TimeSpan? Encode { get; init; }

    /// <summary>Tokens of the picture.</summary>
    public int? VisualTokens { get; init; }

    /// <summary>Taking the prompt in.</summary>
    public TimeSpan? Prefill { get; init; }

    /// <summary>Tokens of the prompt, those of the picture included.</summary>
    public int? PromptTokens { get; init; }

    /// <summary>From one token to the next.</summary>
    public TimeSpan? PerToken { get; init; }
}
