namespace QwenVl.Cli.Servers;

/// <summary>The last lines that a process wrote. Safe for concurrent use.</summary>
internal sealed class RecentLines(int capacity)
{
    private readonly Queue<string> _lines = [];

    /// <summary>Adds a line; null, which ends a stream, and empty ones are left out.</summary>
    public void Add(string? line)
    {
        if (string.IsNullOrWhiteSpace(line)) return;
        lock (_lines)
        {
            if (_lines.Count == capacity) _lines.Dequeue();
            _lines.Enqueue(line.Trim());
        }
    }

    /// <inheritdoc/>
    public override string ToString()
    {
        lock (_lines) return _lines.Count == 0 ? "it said nothing." : string.Join(" | ", _lines);
    }
}
