namespace QwenVl.Model.Features;

/// <summary>Rounds scales up to halves, so that what is divided by them stays in range.</summary>
internal static class Halves
{
    /// <summary>The least half that is no less; the largest finite one for more than it, NaN for what is not finite.</summary>
    public static Half AtLeast(float value)
    {
        if (!float.IsFinite(value)) return Half.NaN;
        if (value >= (float)Half.MaxValue) return Half.MaxValue;
        var half = (Half)value;
        return (float)half < value ? Half.BitIncrement(half) : half;
    }
}
