namespace QwenVl.Benchmarks.Load.Checking;

/// <summary>Follows the numbers of one answer's tokens.</summary>
/// <param name="takeOverAt">The client writes from here on; 0: the server writes all.</param>
internal sealed class TokenCheck(int takeOverAt)
{
    /// <summary>Tokens that came, each index once.</summary>
    public int Count { get; private set; }

    /// <summary>Indexes that were passed over.</summary>
    public long Missing { get; private set; }

    /// <summary>Tokens whose index had come before.</summary>
    public long Duplicates { get; private set; }

    /// <summary>Takes a message's tokens in.</summary>
    public IEnumerable<Violation> Take(int firstIndex, int count)
    {
        var found = new List<Violation>();
        if (firstIndex > Count)
        {
            Missing += firstIndex - Count;
            found.Add(Violation.MissingTokens);
        }
        else if (firstIndex < Count && count > 0)
        {
            Duplicates += Math.Min(Count - firstIndex, count);
            found.Add(Violation.DuplicateTokens);
        }

        Count = Math.Max(Count, firstIndex + count);
        if (takeOverAt > 0 && Count > takeOverAt) found.Add(Violation.TokenAfterTakeOver);
        return found;
    }

    /// <summary>Takes the count of the message that ends the answer in.</summary>
    public IEnumerable<Violation> End(int count)
    {
        if (count > Count) Missing += count - Count;
        return count == Count ? [] : [Violation.CountMismatch];
    }
}
