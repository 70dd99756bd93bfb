namespace QwenVl.Client.Answers;

/// <summary>How many tokens one side wrote, and how fast.</summary>
internal sealed class TokenPace
{
    /// <summary>Tokens.</summary>
    public int Count { get; private set; }

    /// <summary>When the first came; null where none did.</summary>
    public TimeSpan? First { get; private set; }

    /// <summary>When the last came; null where none did.</summary>
    public TimeSpan? Last { get; private set; }

    /// <summary>Mean time between two of them; null where there were fewer than two.</summary>
    public TimeSpan? PerToken => Count > 1 ? (Last - First) / (Count - 1) : null;

    /// <summary>Counts one.</summary>
    public void Add(TimeSpan at)
    {
        First ??= at;
        Last = at;
        Count++;
    }
}
