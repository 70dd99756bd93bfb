namespace QwenVl.Model.Execution;

/// <summary>One sequence's key-value cache. Owned by whoever created it; not safe for concurrent use.</summary>
public interface IDecoderSequence : IDisposable
{
    /// <summary>Tokens held.</summary>
    int Length { get; }

    /// <summary>The most tokens it may hold.</summary>
    int Capacity { get; }

    /// <summary>Forgets every token from <paramref name="length"/> on.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="length"/> is negative or over <see cref="Length"/>.</exception>
    void Truncate(int length);
}
