namespace QwenVl.Client.Routing;

/// <summary>
/// A mean in which new samples weigh more, and all the more the longer nothing came. Positive numbers only; what is none is not
/// taken. Not safe for concurrent use.
/// </summary>
/// <param name="time">The clock.</param>
/// <param name="memory">After so long without a sample, the next one counts for most of the mean.</param>
internal sealed class MovingMean(TimeProvider time, TimeSpan memory)
{
    /// <summary>A sample's least weight.</summary>
    public const double LeastWeight = 0.3;

    private double? _value;
    private long _last;

    /// <summary>The mean; null before the first sample.</summary>
    public double? Value => _value;

    /// <summary>The mean where a sample came within a time; null where not.</summary>
    public double? Within(TimeSpan age) => _value is not null && time.GetElapsedTime(_last) <= age ? _value : null;

    /// <summary>Time since the last sample.</summary>
    public TimeSpan Age => time.GetElapsedTime(_last);

    /// <summary>Takes a sample.</summary>
    /// <param name="sample">Over 0 and finite, or it is not taken.</param>
    public void Add(double sample)
    {
        if (sample is not (> 0 and < double.PositiveInfinity)) return;
        double weight = Math.Max(LeastWeight, 1 - Math.Exp(-(Age / memory)));
        _value = _value is { } before ? before + weight * (sample - before) : sample;
        _last = time.GetTimestamp();
    }

    /// <summary>Forgets everything.</summary>
    public void Clear() => _value = null;
}
