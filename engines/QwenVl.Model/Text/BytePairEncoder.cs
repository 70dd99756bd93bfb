namespace QwenVl.Model.Text;

/// <summary>Joins the bytes of one piece into tokens, best-ranked pair first. Time grows as n log n, so long pieces are harmless.</summary>
internal sealed class BytePairEncoder(int[] byteTokens, Dictionary<(int Left, int Right), (int Rank, int Merged)> merges)
{
    /// <summary>Appends the tokens of <paramref name="piece"/>.</summary>
    public void Encode(ReadOnlySpan<byte> piece, List<int> tokens)
    {
        if (piece.Length == 1)
        {
            tokens.Add(byteTokens[piece[0]]);
            return;
        }

        var symbols = new Symbol[piece.Length];
        for (int i = 0; i < symbols.Length; i++) symbols[i] = new Symbol(byteTokens[piece[i]], i - 1, i + 1 < symbols.Length ? i + 1 : -1);

        var candidates = new PriorityQueue<Candidate, (int Rank, int Position)>();
        for (int i = 0; i + 1 < symbols.Length; i++) Propose(symbols, candidates, i, i + 1);
        while (candidates.TryDequeue(out Candidate candidate, out _))
        {
            ref Symbol left = ref symbols[candidate.Left];
            // A pair whose halves have changed since it was proposed is stale.
            if (left.Token != candidate.LeftToken || left.Next != candidate.Right || symbols[candidate.Right].Token != candidate.RightToken) continue;
            Merge(symbols, candidate);
            if (left.Previous >= 0) Propose(symbols, candidates, left.Previous, candidate.Left);
            if (left.Next >= 0) Propose(symbols, candidates, candidate.Left, left.Next);
        }

        for (int i = 0; i >= 0; i = symbols[i].Next) tokens.Add(symbols[i].Token);
    }

    private static void Merge(Symbol[] symbols, Candidate candidate)
    {
        ref Symbol left = ref symbols[candidate.Left];
        ref Symbol right = ref symbols[candidate.Right];
        left.Token = candidate.Merged;
        left.Next = right.Next;
        right.Token = -1;
        if (left.Next >= 0) symbols[left.Next].Previous = candidate.Left;
    }

    private void Propose(Symbol[] symbols, PriorityQueue<Candidate, (int, int)> candidates, int left, int right)
    {
        (int leftToken, int rightToken) = (symbols[left].Token, symbols[right].Token);
        if (merges.TryGetValue((leftToken, rightToken), out (int Rank, int Merged) merge))
            candidates.Enqueue(new Candidate(left, right, leftToken, rightToken, merge.Merged), (merge.Rank, left));
    }

    private record struct Symbol(int Token, int Previous, int Next);

    private readonly record struct Candidate(int Left, int Right, int LeftToken, int RightToken, int Merged);
}
