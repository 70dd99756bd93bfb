namespace QwenVl.Benchmarks.Load.Networks;

/// <summary>
/// When bytes that enter one direction of a link leave it: after those before them, at the link's rate, plus the time of
/// travel, plus a stall where a segment was lost and TCP holds back what follows. Used by one thread at a time.
/// </summary>
/// <param name="bytesPerSecond">The rate; 0: no limit.</param>
/// <param name="delay">Time of travel.</param>
/// <param name="stallRatio">The share of segments that stall.</param>
/// <param name="stall">How long.</param>
/// <param name="random">Which segments stall.</param>
internal sealed class LinkDirection(double bytesPerSecond, TimeSpan delay, double stallRatio, TimeSpan stall, Random random)
{
    /// <summary>Bytes of a segment, as on Ethernet.</summary>
    public const int SegmentBytes = 1460;

    private TimeSpan _free = TimeSpan.Zero;
    private TimeSpan _lastOut = TimeSpan.Zero;

    /// <summary>Takes bytes in.</summary>
    /// <param name="now">Any clock that does not go back.</param>
    /// <param name="bytes">How many.</param>
    /// <returns>When the last of them leaves; never before what was taken in earlier.</returns>
    public TimeSpan Take(TimeSpan now, int bytes)
    {
        TimeSpan begin = now > _free ? now : _free;
        _free = bytesPerSecond > 0 ? begin + TimeSpan.FromSeconds(bytes / bytesPerSecond) : begin;
        TimeSpan leaves = _free + delay;
        if (stallRatio > 0 && random.NextDouble() < 1 - Math.Pow(1 - stallRatio, Math.Ceiling(bytes / (double)SegmentBytes))) leaves += stall;
        _lastOut = leaves > _lastOut ? leaves : _lastOut;
        return _lastOut;
    }
}
