using QwenVl.Model.Execution;
using QwenVl.Model.Sampling;

namespace QwenVl.Tests.Tool.Verification.Parity;

/// <summary>A decoder that gets some of its logits, and the candidates with them, wrong.</summary>
/// <param name="decoder">Not owned.</param>
/// <param name="change">Gets a sequence's length after the step, the number of steps of the run, and the logits, which it may change.</param>
/// <param name="ranks">Whether the candidates are those of the changed logits; else they are left out.</param>
internal sealed class PerturbedDecoder(ITextDecoder decoder, Action<int, int, float[]> change, bool ranks = false) : ITextDecoder
{
    private readonly Dictionary<DecodeStep, float[]> _logits = [];

    public int VocabularySize => decoder.VocabularySize;

    public int MaxSequenceLength => decoder.MaxSequenceLength;

    public int MaxBatchSize => decoder.MaxBatchSize;

    public IDecoderSequence CreateSequence(int capacity) => decoder.CreateSequence(capacity);

    public void Run(IReadOnlyList<DecodeStep> steps)
    {
        decoder.Run(steps);
        _logits.Clear();
        foreach (DecodeStep step in steps)
        {
            float[] logits = decoder.ReadLogits(step).ToArray();
            change(step.Sequence.Length, steps.Count, logits);
            _logits.Add(step, logits);
            int[] best = [.. Enumerable.Range(0, logits.Length).OrderByDescending(id => logits[id]).Take(4)];
            step.Candidates = ranks ? new TokenCandidates(best, best.Select(id => logits[id]).ToArray(), logits.Length) : null;
        }
    }

    public ReadOnlyMemory<float> ReadLogits(DecodeStep step) => _logits[step];

    public void Dispose()
    {
    }
}
