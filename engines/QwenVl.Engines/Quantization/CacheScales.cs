namespace QwenVl.Engines.Quantization;

/// <summary>
/// How keys and values are rounded to 8 bits: a scale for each number of a head, measured on pictures and questions, since single
/// channels of keys are far larger than the others.
/// </summary>
public sealed class CacheScales
{
    // What calibration did not meet may be a little larger; beyond that it is cut off.
    private const float Margin = 1.1f;
    private const int LargestLevel = 127;

    private CacheScales(IReadOnlyList<float[]> scales) => Scales = scales;

    /// <summary>Keys and values of each layer in turn, [key heads × head]; all over 0.</summary>
    public IReadOnlyList<float[]> Scales { get; }

    /// <param name="extremes">The largest magnitudes that were met, of keys and values of each layer in turn, [key heads × head].</param>
    public static CacheScales Covering(IReadOnlyList<float[]> extremes)
    {
        ArgumentNullException.ThrowIfNull(extremes);
        return new CacheScales([.. extremes.Select(channels => Array.ConvertAll(channels, extreme => (extreme > 0 ? extreme * Margin : 1) / LargestLevel))]);
    }
}
