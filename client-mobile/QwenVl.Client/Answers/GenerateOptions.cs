using QwenVl.Client.Routing;
using QwenVl.Model.Features;
using QwenVl.Model.Sampling;

namespace QwenVl.Client.Answers;

/// <summary>How one question is answered.</summary>
public sealed record GenerateOptions
{
    /// <summary>The defaults: the best route, greedy, 256 tokens.</summary>
    public static GenerateOptions Default { get; } = new();

    /// <summary>Who does what.</summary>
    public Route Route { get; init; } = Route.Auto;

    /// <summary>Whether this question may leave the device. The strictest wins: a client that keeps everything local keeps this too.</summary>
    public Privacy Privacy { get; init; } = Privacy.MayLeave;

    /// <summary>The most tokens of the answer, at least 1. A server's own limit may be lower.</summary>
    public int MaxNewTokens { get; init; } = 256;

    /// <summary>How tokens are chosen, on both sides alike.</summary>
    public SamplingParameters Sampling { get; init; } = SamplingParameters.Greedy;

    /// <summary>How many pixels the models see.</summary>
    public PictureResolution Resolution { get; init; } = PictureResolution.Auto;

    /// <summary>
    /// How features are written for the way down: halves, bytes at half their size, or four bits at about a quarter. Bytes,
    /// the default, are the smallest whose features turn by no more than a decoded picture's may, and answers stay the same.
    /// </summary>
    public FeatureEncoding FeatureEncoding { get; init; } = FeatureEncoding.Int8Row;

    /// <summary>
    /// Hybrid: the server writes at least this many tokens, even where the device is ready before; unless its first one takes longer
    /// than <see cref="QwenVlClientOptions.FirstTokenPatience"/>. Default 4.
    /// </summary>
    public int TakeOverAfter { get; init; } = 4;

    /// <summary>
    /// Hybrid: tokens that the server goes on for after the device has asked to take over, so that the text does not
    /// pause while the request travels. Default 1.
    /// </summary>
    public int TakeOverLead { get; init; } = 1;

    /// <summary>
    /// Hybrid: the most tokens that the server writes, even where the device is not ready by then and the text has to
    /// wait for it; at least 1. Null, the default, lets the server go on until the device is ready.
    /// </summary>
    public int? MaxCloudTokens { get; init; }

    internal void Check()
    {
        if (MaxCloudTokens < 1) throw new QwenVlException(QwenVlErrorCode.InvalidArgument, $"MaxCloudTokens is {MaxCloudTokens}; at least 1 is needed, or null. Route.CloudFeatures lets the device write all.");
        if (MaxNewTokens < 1) throw new QwenVlException(QwenVlErrorCode.InvalidArgument, $"MaxNewTokens is {MaxNewTokens}; at least 1 is needed.");
        if (Sampling.Problem is { } problem) throw new QwenVlException(QwenVlErrorCode.InvalidArgument, $"Sampling: {problem}.");
        if (TakeOverAfter < 0 || TakeOverLead < 0) throw new QwenVlException(QwenVlErrorCode.InvalidArgument, "TakeOverAfter and TakeOverLead must not be negative.");
        if (!Enum.IsDefined(Route) || !Enum.IsDefined(Privacy) || !Enum.IsDefined(Resolution) || !Enum.IsDefined(FeatureEncoding))
            throw new QwenVlException(QwenVlErrorCode.InvalidArgument, "Route, Privacy, Resolution or FeatureEncoding is not one of the known values.");
    }
}
