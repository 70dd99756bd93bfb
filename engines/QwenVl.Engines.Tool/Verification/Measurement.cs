using QwenVl.Engines.Tool.Display;

namespace QwenVl.Engines.Tool.Verification;

/// <summary>One difference from the reference, and how large it may be.</summary>
/// <param name="What">What was compared.</param>
/// <param name="Of">Of which text, picture or prompt.</param>
/// <param name="Value">The difference; 0 is none.</param>
/// <param name="Limit">The largest that passes; null where none applies.</param>
/// <param name="Shown">The difference for people.</param>
/// <param name="ShownLimit">The limit for people.</param>
internal sealed record Measurement(string What, string Of, double Value, double? Limit, string Shown, string ShownLimit)
{
    /// <summary>How far numbers may be from the reference in float32, as a share of their scale.</summary>
    public const double MostOfScale = 1e-3;

    /// <summary>Whether it is within its limit; no number at all never is.</summary>
    public bool Passes => Limit is null || Value <= Limit;

    /// <summary>Wrong ones among many, where none may be.</summary>
    public static Measurement Wrong(string what, string of, int wrong, int all, bool limited = true) =>
        new(what, of, wrong, limited ? 0 : null, $"{Quantities.Count(wrong)} of {Quantities.Count(all)} wrong", limited ? "0" : "");

    /// <summary>A share of many.</summary>
    public static Measurement Share(string what, string of, long part, long all, double limit) =>
        new(what, of, (double)part / all, limit, Quantities.Percent((double)part / all), Quantities.Percent(limit));

    /// <summary>A difference relative to the scale of the expected numbers.</summary>
    public static Measurement Distance(string what, string of, double value, bool limited) =>
        new(what, of, value, limited ? MostOfScale : null, Quantities.Difference(value), limited ? Quantities.Difference(MostOfScale) : "");

    /// <summary>The difference of two lists of numbers; of other lengths they are infinitely apart.</summary>
    public static Measurement OfScale(string what, string of, ReadOnlySpan<float> expected, ReadOnlySpan<float> actual, bool limited) =>
        Distance(what, of, expected.Length == actual.Length ? Difference.OfScale(expected, actual) : double.PositiveInfinity, limited);

    /// <summary>A cosine, where 1 is the same direction.</summary>
    /// <param name="what">What was compared.</param>
    /// <param name="of">Of which picture.</param>
    /// <param name="least">The least cosine.</param>
    /// <param name="mean">The mean of all.</param>
    /// <param name="limit">The least that passes.</param>
    public static Measurement Cosine(string what, string of, double least, double mean, double limit) =>
        new(what, of, 1 - least, 1 - limit, $"{Quantities.Cosine(least)}, mean {Quantities.Cosine(mean)}", $"at least {Quantities.Cosine(limit)}");

    /// <summary>A difference that is stated as a share; without a limit, where none is given.</summary>
    public static Measurement Error(string what, string of, double most, double mean, double? limit) =>
        new(what, of, most, limit, $"{Quantities.Percent(most)}, mean {Quantities.Percent(mean)}", limit is { } share ? Quantities.Percent(share) : "");

    public override string ToString() => $"{What} of {Of}: {Shown}{(Limit is null ? "" : $", limit {ShownLimit}")}";
}
