using QwenVl.Model.Execution;

namespace QwenVl.Tests.TensorRt.Inference.Fakes;

/// <summary>Sequences in two decoders that are given the same tokens; each must get the same logits from both.</summary>
internal sealed class SequencePairs(ITextDecoder decoder, ITextDecoder reference, VisualRows visual) : IDisposable
{
    private readonly List<(IDecoderSequence Actual, IDecoderSequence Expected)> _pairs = [];

    public int Count => _pairs.Count;

    public int Longest { get; private set; }

    public static void AssertClose(ReadOnlySpan<float> expected, ReadOnlySpan<float> actual) => Assert.InRange(Difference.OfScale(expected, actual), 0, 1e-4);

    public void Begin(int capacity) => _pairs.Add((decoder.CreateSequence(capacity), reference.CreateSequence(capacity)));

    public void End(int index)
    {
        _pairs[index].Actual.Dispose();
        _pairs[index].Expected.Dispose();
        _pairs.RemoveAt(index);
    }

    /// <summary>Advances some of the sequences by a token or by a chunk.</summary>
    public void Step(Random random, int? tokens = null)
    {
        var steps = new List<(DecodeStep Actual, DecodeStep Expected)>();
        foreach ((IDecoderSequence actual, IDecoderSequence expected) in _pairs)
        {
            int room = actual.Capacity - actual.Length, count = tokens ?? (random.Next(3) == 0 ? random.Next(1, 40) : 1);
            if (count > room || (tokens is null && random.Next(5) == 0)) continue;
            int[] ids = [.. Enumerable.Range(0, count).Select(_ => random.Next(64))];
            int[] positions = [.. Enumerable.Range(0, 3 * count).Select(_ => random.Next(400))];
            bool sees = random.Next(2) == 0;
            int[] index = sees ? [.. Enumerable.Range(0, count).Select(_ => random.Next(3) == 0 ? 0 : random.Next(1 + visual.Rows))] : [];
            steps.Add((Step(actual, ids, positions, index, sees), Step(expected, ids, positions, index, sees)));
        }

        if (steps.Count == 0) return;
        decoder.Run([.. steps.Select(step => step.Actual)]);
        foreach ((DecodeStep actual, DecodeStep expected) in steps)
        {
            reference.Run([expected]);
            AssertClose(expected.Logits.Span, decoder.ReadLogits(actual).Span);
            Assert.Equal(expected.Sequence.Length, actual.Sequence.Length);
            Longest = Math.Max(Longest, actual.Sequence.Length);
        }
    }

    public void Dispose()
    {
        while (Count > 0) End(0);
        reference.Dispose();
    }

    private DecodeStep Step(IDecoderSequence sequence, int[] ids, int[] positions, int[] index, bool sees) =>
        new() { Sequence = sequence, Tokens = ids, Positions = positions, VisualIndex = index, Visual = sees ? visual : null };
}
