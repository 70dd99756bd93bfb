using QwenVl.Model.Execution;
using QwenVl.Model.Manifest;
using QwenVl.OnnxRuntime;
using QwenVl.OnnxRuntime.Decoding;
using QwenVl.OnnxRuntime.Vision;
using QwenVl.TensorRt.Cuda;
using QwenVl.TensorRt.Inference;
using QwenVl.TensorRt.Inference.Decoding;
using QwenVl.Tests.TensorRt.Inference.Fakes;

namespace QwenVl.Tests.TensorRt.Inference.Decoding;

public sealed class TensorRtTextDecoderTests : InferenceTest
{
    public static TheoryData<EngineDialect> Dialects => [EngineDialect.TensorRt10, EngineDialect.TensorRt11];

    [Theory]
    [MemberData(nameof(Dialects))]
    public void Sequences_that_come_grow_and_go_get_the_logits_that_each_gets_alone(EngineDialect dialect)
    {
        using (TensorRtTextDecoder decoder = Decoder(dialect))
        using (var pairs = new SequencePairs(decoder, Reference(), Visual()))
        {
            var random = new Random(17);
            // Long ones are over the smallest cache, so that all are moved while others are under way; places are left and taken again.
            for (int round = 0; round < 120; round++)
            {
                if (pairs.Count < Limits.MaxBatch && random.Next(4) == 0) pairs.Begin(random.Next(5) == 0 ? Limits.MaxSequence : 60);
                if (pairs.Count > 0 && random.Next(12) == 0) pairs.End(random.Next(pairs.Count));
                pairs.Step(random);
            }

            Assert.True(pairs.Longest > 256, $"the longest sequence had {pairs.Longest} tokens");
        }

        AssertNothingLeft();
    }

    [Theory]
    [MemberData(nameof(Dialects))]
    public void A_prompt_longer_than_a_run_takes_is_the_same_as_in_one(EngineDialect dialect)
    {
        using TensorRtTextDecoder decoder = Decoder(dialect);
        using var pairs = new SequencePairs(decoder, Reference(), Visual());
        pairs.Begin(200);

        pairs.Step(new Random(1), tokens: 3 * Limits.MaxChunk + 5);
        pairs.Step(new Random(2), tokens: 1);
    }

    [Fact]
    public void Candidates_are_the_best_of_the_logits()
    {
        using TensorRtTextDecoder decoder = Decoder(EngineDialect.TensorRt10);
        using IDecoderSequence one = decoder.CreateSequence(10), two = decoder.CreateSequence(10);
        DecodeStep[] steps = [Tokens(one, 5), Tokens(two, 7, 8)];
        decoder.Run(steps);

        foreach (DecodeStep step in steps)
        {
            float[] logits = decoder.ReadLogits(step).ToArray();
            int[] best = [.. Enumerable.Range(0, logits.Length).OrderByDescending(id => logits[id]).Take(8)];
            Assert.Equal(best, step.Candidates!.Value.Tokens.ToArray());
            Assert.Equal(best.Select(id => logits[id]), step.Candidates!.Value.Logits.ToArray());
            Assert.Equal(decoder.VocabularySize, step.Candidates!.Value.VocabularySize);
        }

        Assert.Throws<ArgumentException>(() => decoder.ReadLogits(Tokens(one, 1)));
    }

    [Theory]
    [MemberData(nameof(Dialects))]
    public void A_run_that_fails_leaves_every_sequence_as_it_was(EngineDialect dialect)
    {
        using TensorRtTextDecoder decoder = Decoder(dialect);
        using OnnxTextDecoder reference = Reference();
        using IDecoderSequence one = decoder.CreateSequence(20), two = decoder.CreateSequence(20), expected = reference.CreateSequence(20);
        decoder.Run([Tokens(one, 1, 2, 3), Tokens(two, 4, 5)]);
        reference.Run([Tokens(expected, 1, 2, 3)]);
        Fake.Fail("cuMemcpyDtoHAsync_v2", CudaResult.Unknown, call: 2);

        Assert.Throws<CudaException>(() => decoder.Run([Tokens(one, 9), Tokens(two, 9)]));
        Assert.Equal((3, 2), (one.Length, two.Length));

        DecodeStep actual = Tokens(one, 6), wanted = Tokens(expected, 6);
        decoder.Run([actual]);
        reference.Run([wanted]);
        AssertClose(wanted.Logits.Span, decoder.ReadLogits(actual).Span);
    }

    [Theory]
    [MemberData(nameof(Dialects))]
    public void Truncating_takes_tokens_back(EngineDialect dialect)
    {
        using TensorRtTextDecoder decoder = Decoder(dialect);
        using IDecoderSequence sequence = decoder.CreateSequence(20), other = decoder.CreateSequence(20);
        decoder.Run([Tokens(sequence, 1, 2, 3)]);
        DecodeStep first = Tokens(sequence, 6);
        decoder.Run([first, Tokens(other, 1)]);
        float[] before = decoder.ReadLogits(first).ToArray();
        decoder.Run([Tokens(sequence, 7, 8)]);
        sequence.Truncate(3);
        DecodeStep again = Tokens(sequence, 6);
        decoder.Run([again]);

        AssertClose(before, decoder.ReadLogits(again).Span);
    }

    [Fact]
    public void More_sequences_than_places_are_refused_and_a_place_left_is_taken_again()
    {
        using TensorRtTextDecoder decoder = Decoder(EngineDialect.TensorRt10);
        IDecoderSequence[] all = [.. Enumerable.Range(0, Limits.MaxBatch).Select(_ => decoder.CreateSequence(10))];
        Assert.Contains("places", Assert.Throws<InvalidOperationException>(() => decoder.CreateSequence(10)).Message, StringComparison.Ordinal);
        all[1].Dispose();
        all[1].Dispose();
        using IDecoderSequence another = decoder.CreateSequence(10);

        Assert.Equal(0, another.Length);
        Assert.Throws<ObjectDisposedException>(() => decoder.Run([Tokens(all[1], 1)]));
        foreach (IDecoderSequence sequence in all) sequence.Dispose();
    }

    [Theory]
    [MemberData(nameof(Dialects))]
    public void After_a_warm_up_every_token_is_one_launch(EngineDialect dialect)
    {
        var options = new TensorRtInferenceOptions();
        using TensorRtTextDecoder decoder = Decoder(dialect, options);
        decoder.WarmUp(CancellationToken.None);
        long enqueued = options.Runs.EnqueuedRuns;
        IDecoderSequence[] all = [.. Enumerable.Range(0, Limits.MaxBatch).Select(_ => decoder.CreateSequence(10))];
        for (int batch = 1; batch <= all.Length; batch++) decoder.Run([.. all[..batch].Select(sequence => Tokens(sequence, 1))]);

        Assert.Equal((enqueued, 4), (options.Runs.EnqueuedRuns, options.Runs.ReplayedRuns));
        foreach (IDecoderSequence sequence in all) sequence.Dispose();
    }

    [Fact]
    public void A_device_without_room_leaves_nothing_behind()
    {
        for (int call = 1; call <= 12; call++)
        {
            Fake.Fail("cuMemAlloc_v2", CudaResult.OutOfMemory, call);
            Assert.Throws<CudaException>(() => Decoder(EngineDialect.TensorRt10));
        }

        AssertNothingLeft();
    }

    private static DecodeStep Tokens(IDecoderSequence sequence, params int[] tokens) => new()
    {
        Sequence = sequence,
        Tokens = tokens,
        Positions = Enumerable.Range(0, 3 * tokens.Length).Select(i => sequence.Length + i % tokens.Length).ToArray(),
    };

    private static void AssertClose(ReadOnlySpan<float> expected, ReadOnlySpan<float> actual) => SequencePairs.AssertClose(expected, actual);

    private TensorRtTextDecoder Decoder(EngineDialect dialect, TensorRtInferenceOptions? options = null) =>
        new(DecoderPlan(dialect), Build(dialect).Config, Context, options ?? new TensorRtInferenceOptions());

    private OnnxTextDecoder Reference() => OnnxTextDecoder.Load(Build(EngineDialect.OnnxRuntime), new OnnxRuntimeOptions());

    private VisualRows Visual()
    {
        using OnnxVisionEncoder encoder = OnnxVisionEncoder.Load(Build(EngineDialect.OnnxRuntime), new OnnxRuntimeOptions());
        return VisualRows.Join(encoder.Encode([Noise(4, 6), Noise(8, 8)]));
    }
}
