namespace QwenVl.Runtime.Decoding.Planning;

/// <summary>
/// Continuous batching: what each sequence does in the next step. Those that decode come first, a token each; what is left
/// of the step's tokens is prompts, in chunks, by turns. So the time between two tokens is bounded by the step's tokens,
/// however long a prompt somebody else brings. With B sequences a step, D decoding and P prefilling, one decodes at least every
/// ⌈D / (B − 1)⌉ steps and prefills every P; where B is 1, every 2 D and 2 P.
/// </summary>
internal sealed class StepPlanner(StepLimits limits)
{
    private bool _prefilled;

    /// <summary>The number of the latest turn: each sequence of each step has one.</summary>
    public long Turn { get; private set; }

    /// <summary>The next step.</summary>
    /// <param name="active">The sequences in the decoder, in the order they entered.</param>
    public List<PlannedStep<TSequence>> Plan<TSequence>(IReadOnlyList<TSequence> active)
        where TSequence : IStepCandidate
    {
        var plan = new List<PlannedStep<TSequence>>(limits.BatchSize);
        int tokens = limits.Tokens;
        TSequence[] byTurn = [.. active.OrderBy(sequence => sequence.LastTurn)];
        foreach (TSequence sequence in byTurn.Where(sequence => sequence.PrefillTokens == 0).Take(DecodePlaces(byTurn))) Add(sequence, 1);
        foreach (TSequence sequence in byTurn.Where(sequence => sequence.PrefillTokens > 0))
        {
            if (plan.Count == limits.BatchSize || tokens == 0) break;
            Add(sequence, Math.Min(tokens, Math.Min(limits.PrefillChunk, sequence.PrefillTokens)));
        }

        _prefilled = plan.Any(step => step.Sequence.PrefillTokens > 0);
        return plan;

        void Add(TSequence sequence, int count)
        {
            plan.Add(new PlannedStep<TSequence>(sequence, count));
            sequence.LastTurn = ++Turn;
            tokens -= count;
        }
    }

    /// <summary>All places, less one for a prompt where there is one: with a single place, in turn.</summary>
    private int DecodePlaces<TSequence>(TSequence[] active)
        where TSequence : IStepCandidate
    {
        int most = Math.Min(limits.BatchSize, limits.Tokens);
        bool owesPrefill = active.Any(sequence => sequence.PrefillTokens > 0) && (limits.BatchSize > 1 || !_prefilled);
        return owesPrefill ? most - 1 : most;
    }
}
