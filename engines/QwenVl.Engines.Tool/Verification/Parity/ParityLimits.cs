namespace QwenVl.Engines.Tool.Verification.Parity;

/// <summary>How far a runtime that computes in bfloat16 may be from float32.</summary>
internal static class ParityLimits
{
    /// <summary>The least cosine of one picture's features, one tap, or the logits of one token.</summary>
    public const double LeastCosine = 0.999;

    /// <summary>
    /// The most that the error's norm is of the expected one's. It sees what a cosine cannot, a wrong scale; at the least
    /// cosine and the right scale it is 4.5 %.
    /// </summary>
    public const double MostError = 0.05;

    /// <summary>
    /// Of the largest logit: where float32's best token is further than this before its second, the choice is clear and must
    /// be the same. bfloat16 rounds to 8 bits, by up to 0.2 % each time; two logits that are each off by five such roundings
    /// are 2 % closer.
    /// </summary>
    public const double ClearGap = 0.02;
}
