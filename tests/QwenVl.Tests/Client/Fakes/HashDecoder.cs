using QwenVl.Model.Execution;

namespace QwenVl.Tests.Client.Fakes;

/// <summary>
/// Logits are a hash of every token, position and feature row, rounded to whole numbers, so far: one wrong or missing thing, and the rest of the
/// answer is another. About one in thirty steps ends the answer.
/// </summary>
internal sealed class HashDecoder : ITextDecoder
{
    private int _sequences;

    public int VocabularySize => TinyModel.Config.Text.VocabularySize;

    public int MaxSequenceLength => TinyModel.MaxSequenceLength;

    public int MaxBatchSize => 1;

    public bool IsDisposed { get; private set; }

    /// <summary>Called before each run; may throw, or wait.</summary>
    public Action<int>? BeforeRun { get; init; }

    public IDecoderSequence CreateSequence(int capacity)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(capacity, MaxSequenceLength);
        _sequences++;
        return new Sequence(this, capacity);
    }

    public void Run(IReadOnlyList<DecodeStep> steps)
    {
        DecodeStep step = Assert.Single(steps);
        var sequence = (Sequence)step.Sequence;
        BeforeRun?.Invoke(step.Tokens.Length);
        Assert.False(IsDisposed);
        Assert.True(sequence.Length + step.Tokens.Length <= sequence.Capacity, "The sequence outgrows its capacity.");
        for (int i = 0; i < step.Tokens.Length; i++)
        {
            sequence.Mix((ulong)step.Tokens.Span[i]);
            for (int axis = 0; axis < 3; axis++) sequence.Mix((ulong)step.Positions.Span[axis * step.Tokens.Length + i]);
            int row = step.VisualIndex.IsEmpty ? 0 : step.VisualIndex.Span[i];
            if (row > 0) MixRow(sequence, step.Visual!, row);
            sequence.Length++;
        }

        step.Logits = Logits(sequence.State);
    }

    public void Dispose()
    {
        Assert.Equal(0, _sequences);
        IsDisposed = true;
    }

    private static void MixRow(Sequence sequence, VisualRows visual, int row)
    {
        for (int plane = 0; plane <= visual.TapCount; plane++)
            for (int i = 0; i < visual.Width; i++)
                sequence.Mix((ulong)MathF.Round(visual.Values[(plane * (1 + visual.Rows) + row) * visual.Width + i]));
    }

    private float[] Logits(ulong state)
    {
        var logits = new float[VocabularySize];
        for (int i = 0; i < 256; i++) logits[i] = (Scramble(state + (ulong)i) >> 40) / (float)(1 << 24);
        logits[TinyModel.Stop] = Scramble(state) % 30 == 0 ? 2 : -1;
        return logits;
    }

    private static ulong Scramble(ulong z)
    {
        z = (z + 0x9e3779b97f4a7c15) * 0xbf58476d1ce4e5b9;
        z = (z ^ (z >> 30)) * 0x94d049bb133111eb;
        return z ^ (z >> 31);
    }

    private sealed class Sequence(HashDecoder owner, int capacity) : IDecoderSequence
    {
        public ulong State { get; private set; } = 1;

        public int Length { get; set; }

        public int Capacity => capacity;

        public void Mix(ulong value) => State = Scramble(State ^ value);

        public void Truncate(int length) => throw new NotSupportedException();

        public void Dispose() => owner._sequences--;
    }
}
