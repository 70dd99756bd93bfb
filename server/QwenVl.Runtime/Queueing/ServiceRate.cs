namespace QwenVl.Runtime.Queueing;

/// <summary>How fast a stage has worked lately, to tell those whom it refuses when to come again. Safe for concurrent use.</summary>
internal sealed class ServiceRate
{
    // Of what came before, so much is forgotten with each item: about the last ten count.
    private const double Forgetting = 0.1;
    private static readonly TimeSpan Unknown = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(1);

    private readonly Lock _lock = new();
    private double? _secondsPerItem;

    /// <summary>Items were done.</summary>
    /// <param name="items">How many, at least 1.</param>
    /// <param name="busy">The time that the stage worked on them, from the end of those before.</param>
    public void Record(int items, TimeSpan busy)
    {
        double seconds = busy.TotalSeconds / items;
        lock (_lock)
        {
            double kept = Math.Pow(1 - Forgetting, items);
            _secondsPerItem = _secondsPerItem is { } before ? kept * before + (1 - kept) * seconds : seconds;
        }
    }

    /// <summary>How long as many take as wait now; zero where nothing has been measured.</summary>
    public TimeSpan WaitOf(int waiting)
    {
        lock (_lock) return TimeSpan.FromSeconds(waiting * (_secondsPerItem ?? 0));
    }

    /// <summary>When as many will have been done as wait now: 50 ms to 1 minute; 1 s where nothing has been measured.</summary>
    public TimeSpan RetryAfter(int waiting)
    {
        lock (_lock)
        {
            if (_secondsPerItem is not { } seconds) return Unknown;
            return TimeSpan.FromSeconds(Math.Clamp(waiting * seconds, Shortest.TotalSeconds, Longest.TotalSeconds));
        }
    }
}
