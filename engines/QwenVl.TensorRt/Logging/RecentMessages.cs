namespace QwenVl.TensorRt.Logging;

/// <summary>
/// The last errors and warnings of the process, so that the exception of a failed call can say what TensorRT said. Messages
/// of the calling thread are taken if there are any; a build's workers log from threads of their own.
/// </summary>
internal static class RecentMessages
{
    private const int Capacity = 64;
    private const int MostTold = 8;

    private static readonly Lock Gate = new();
    private static readonly Queue<Entry> Entries = new(Capacity);
    private static long _count;

    /// <summary>A mark of now, for <see cref="Since"/>. Every run takes one, so it waits for nobody.</summary>
    public static long Mark => Interlocked.Read(ref _count);

    public static void Add(LogSeverity severity, string message)
    {
        lock (Gate)
        {
            if (Entries.Count == Capacity) Entries.Dequeue();
            Entries.Enqueue(new Entry(_count, Environment.CurrentManagedThreadId, severity, message));
            Interlocked.Increment(ref _count);
        }
    }

    /// <summary>Errors since the mark, or warnings where there were no errors; each once, the oldest first.</summary>
    public static IReadOnlyList<string> Since(long mark)
    {
        Entry[] since;
        lock (Gate) since = [.. Entries.Where(entry => entry.Number >= mark)];
        IEnumerable<Entry> own = since.Where(entry => entry.Thread == Environment.CurrentManagedThreadId);
        IEnumerable<Entry> told = Worst(own);
        if (!told.Any()) told = Worst(since);
        return [.. told.Select(entry => entry.Message.Trim()).Distinct(StringComparer.Ordinal).Take(MostTold)];
    }

    private static Entry[] Worst(IEnumerable<Entry> entries)
    {
        Entry[] errors = [.. entries.Where(entry => entry.Severity <= LogSeverity.Error)];
        return errors.Length > 0 ? errors : [.. entries];
    }

    private readonly record struct Entry(long Number, int Thread, LogSeverity Severity, string Message);
}
