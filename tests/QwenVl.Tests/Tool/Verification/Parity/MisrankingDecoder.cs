using QwenVl.Model.Execution;
using QwenVl.Model.Sampling;

namespace QwenVl.Tests.Tool.Verification.Parity;

/// <summary>A decoder whose logits are right and whose ranking is not.</summary>
internal sealed class MisrankingDecoder(ITextDecoder decoder, Func<int[], float[], (int[] Tokens, float[] Logits)> rank) : ITextDecoder
{
    public int VocabularySize => decoder.VocabularySize;

    public int MaxSequenceLength => decoder.MaxSequenceLength;

    public int MaxBatchSize => decoder.MaxBatchSize;

    public IDecoderSequence CreateSequence(int capacity) => decoder.CreateSequence(capacity);

    public void Run(IReadOnlyList<DecodeStep> steps)
    {
        decoder.Run(steps);
        foreach (DecodeStep step in steps)
        {
            TokenCandidates right = step.Candidates!.Value;
            (int[] tokens, float[] logits) = rank(right.Tokens.ToArray(), right.Logits.ToArray());
            step.Candidates = new TokenCandidates(tokens, logits, right.VocabularySize);
        }
    }

    public ReadOnlyMemory<float> ReadLogits(DecodeStep step) => decoder.ReadLogits(step);

    public void Dispose()
    {
    }
}
