using QwenVl.Client.Answers;
using QwenVl.Model.Features;

namespace QwenVl.Client.Routing;

/// <summary>What is asked, as far as it decides who answers.</summary>
public sealed record QuestionFacts
{
    /// <summary>Bytes of the encoded picture.</summary>
    public required long ImageBytes { get; init; }

    /// <summary>Whether the server has the picture, so that it need not be sent; null where nobody has asked.</summary>
    public bool? ImageIsKnown { get; init; }

    /// <summary>Whether this connection has announced the picture already, so that not even a round trip goes by.</summary>
    public bool ImageIsSent { get; init; }

    /// <summary>Pixels of the picture as it is encoded; null where the device cannot read its header.</summary>
    public long? ImagePixels { get; init; }

    /// <summary>How densely edges lie in the picture, as <see cref="Model.Vision.EdgeDensity"/> measures it; null where that would not change the decision.</summary>
    public float? EdgeDensity { get; init; }

    /// <summary>Tokens of the picture at the resolution that was asked for.</summary>
    public int? VisualTokens { get; init; }

    /// <summary>Tokens of the picture at the 512 resolution.</summary>
    public int? VisualTokens512 { get; init; }

    /// <summary>Tokens of the prompt's text, about.</summary>
    public int PromptTokens { get; init; }

    /// <summary>What kind of prompt it is.</summary>
    public PromptKind PromptKind { get; init; }

    /// <summary>Tokens of the answer, as answers to prompts of this kind lately had; at least 1.</summary>
    public double ExpectedTokens { get; init; } = 1;

    /// <summary>The resolution that was asked for; a policy lowers only <see cref="PictureResolution.Auto"/>.</summary>
    public PictureResolution Resolution { get; init; }

    /// <summary>The encoding of features that was asked for.</summary>
    public FeatureEncoding FeatureEncoding { get; init; } = FeatureEncoding.Float16;

    /// <summary>Hybrid: the least tokens that the server writes, as asked for.</summary>
    public int TakeOverAfter { get; init; }

    /// <summary>Hybrid: the most tokens that the server may write, as asked for.</summary>
    public int? MaxCloudTokens { get; init; }

    /// <summary>Hybrid: how long the device waits for the server's first token where it could write itself; infinite: always.</summary>
    public TimeSpan FirstTokenPatience { get; init; } = Timeout.InfiniteTimeSpan;
}
