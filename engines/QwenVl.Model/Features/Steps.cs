using System.Runtime.Intrinsics;

namespace QwenVl.Model.Features;

/// <summary>Whole steps of a scale, as quantised rows hold them.</summary>
internal static class Steps
{
    /// <summary>Steps at a time.</summary>
    public static int Count => Vector128<sbyte>.Count;

    /// <summary>Writes numbers: steps times their scale.</summary>
    public static void Scale(Vector128<sbyte> steps, float scale, Span<float> output)
    {
        (Vector128<short> low, Vector128<short> high) = Vector128.Widen(steps);
        Scale(low, scale, output);
        Scale(high, scale, output[Vector128<short>.Count..]);
    }

    private static void Scale(Vector128<short> steps, float scale, Span<float> output)
    {
        (Vector128<int> low, Vector128<int> high) = Vector128.Widen(steps);
        (Vector128.ConvertToSingle(low) * scale).CopyTo(output);
        (Vector128.ConvertToSingle(high) * scale).CopyTo(output[Vector128<int>.Count..]);
    }
}
