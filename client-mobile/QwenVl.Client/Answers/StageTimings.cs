namespace QwenVl.Client.Answers;

/// <summary>
/// Where an answer's time went on the client. "Since" means since the question was asked; null where a stage did not
/// happen.
/// </summary>
public sealed record StageTimings
{
    /// <summary>Reading the picture and cutting it into patches on the device.</summary>
    public TimeSpan? DecodeImage { get; init; }

    /// <summary>The device's own vision tower.</summary>
    public TimeSpan? EncodeImage { get; init; }

    /// <summary>Sending the picture; null where the server had it or an earlier question sent it.</summary>
    public TimeSpan? Upload { get; init; }

    /// <summary>The first feature chunk, since.</summary>
    public TimeSpan? FirstFeatureChunk { get; init; }

    /// <summary>All features, since.</summary>
    public TimeSpan? FeaturesComplete { get; init; }

    /// <summary>Taking prompt and features into the device's decoder, without the waiting for features that come meanwhile.</summary>
    public TimeSpan? Prefill { get; init; }

    /// <summary>The end of that, since: how long after <see cref="FeaturesComplete"/> is what the network did not hide.</summary>
    public TimeSpan? PrefillComplete { get; init; }

    /// <summary>The request to take over, since.</summary>
    public TimeSpan? TakeOverRequested { get; init; }

    /// <summary>The server's answer to it, since.</summary>
    public TimeSpan? HandedOff { get; init; }

    /// <summary>How long the text stood still where the device took over: from the server's last token to the device's first.</summary>
    public TimeSpan? SeamStall { get; init; }

    /// <summary>The first token, by whomever, since.</summary>
    public TimeSpan? FirstToken { get; init; }

    /// <summary>The device's first token, since.</summary>
    public TimeSpan? FirstDeviceToken { get; init; }

    /// <summary>Mean time between two of the server's tokens as they arrived.</summary>
    public TimeSpan? CloudPerToken { get; init; }

    /// <summary>Mean time between two of the device's tokens.</summary>
    public TimeSpan? DevicePerToken { get; init; }

    /// <summary>From question to last token.</summary>
    public TimeSpan Total { get; init; }
}
