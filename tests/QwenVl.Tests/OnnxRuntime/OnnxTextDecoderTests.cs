using QwenVl.Model.Execution;
using QwenVl.OnnxRuntime;
using QwenVl.OnnxRuntime.Decoding;
using QwenVl.Tests.Golden;

namespace QwenVl.Tests.OnnxRuntime;

public sealed class OnnxTextDecoderTests(GoldenEngine engines) : IClassFixture<GoldenEngine>
{
    [Fact]
    public void Logits_and_greedy_tokens_are_those_of_transformers_and_a_cache_changes_nothing()
    {
        using OnnxTextDecoder decoder = OnnxTextDecoder.Load(engines.Float32(), new OnnxRuntimeOptions());
        foreach (GoldenCase golden in GoldenFolder.Cases)
        {
            GoldenPrompt prompt = GoldenFolder.Prompt(golden);
            Measurement[] measurements = [DecoderCheck.Logits("logits", GoldenFolder.Set, golden, prompt, decoder, limited: true), .. DecoderCheck.Answer(golden, prompt, decoder, limited: true)];

            Assert.All(measurements, measurement => Assert.True(measurement.Passes, measurement.ToString()));
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(64)]
    public void A_prompt_in_chunks_gives_the_logits_of_the_whole(int chunk)
    {
        using OnnxTextDecoder decoder = OnnxTextDecoder.Load(engines.Float32(), new OnnxRuntimeOptions());
        GoldenCase golden = GoldenFolder.Cases.Single(golden => golden.Name == "one_image");
        GoldenPrompt prompt = GoldenFolder.Prompt(golden);
        using IDecoderSequence sequence = decoder.CreateSequence(prompt.Ids.Length);
        DecodeStep step = null!;
        for (int start = 0; start < prompt.Ids.Length; start += chunk)
        {
            step = prompt.Chunk(sequence, start, Math.Min(chunk, prompt.Ids.Length - start));
            decoder.Run([step]);
        }

        Assert.Equal(prompt.Ids.Length, sequence.Length);
        Assert.InRange(Difference.OfScale(GoldenFolder.Floats(golden.LastLogits), step.Logits.Span), 0, 1e-3);
    }

    [Fact]
    public void Sequences_of_one_run_do_not_disturb_each_other()
    {
        using OnnxTextDecoder decoder = OnnxTextDecoder.Load(engines.Float32(), new OnnxRuntimeOptions());
        GoldenCase[] cases = [.. GoldenFolder.Cases];
        IDecoderSequence[] sequences = [.. cases.Select(golden => decoder.CreateSequence(golden.Ids.Length))];
        DecodeStep[] steps = [.. cases.Zip(sequences, (golden, sequence) => GoldenFolder.Prompt(golden).Chunk(sequence, 0, golden.Ids.Length))];

        decoder.Run(steps);

        foreach ((GoldenCase golden, DecodeStep step) in cases.Zip(steps))
            Assert.InRange(Difference.OfScale(GoldenFolder.Floats(golden.LastLogits), step.Logits.Span), 0, 1e-3);
        foreach (IDecoderSequence sequence in sequences) sequence.Dispose();
    }

    [Fact]
    public void A_truncated_sequence_goes_on_as_if_the_rest_had_not_been()
    {
        using OnnxTextDecoder decoder = OnnxTextDecoder.Load(engines.Float32(), new OnnxRuntimeOptions());
        GoldenCase golden = GoldenFolder.Cases.Single(golden => golden.Name == "text_only");
        GoldenPrompt prompt = GoldenFolder.Prompt(golden);
        using IDecoderSequence sequence = decoder.CreateSequence(64);
        int half = prompt.Ids.Length / 2;
        decoder.Run([prompt.Chunk(sequence, 0, half)]);
        decoder.Run([GoldenPrompt.Token(sequence, 99, half)]);
        sequence.Truncate(half);

        DecodeStep step = prompt.Chunk(sequence, half, prompt.Ids.Length - half);
        decoder.Run([step]);

        Assert.InRange(Difference.OfScale(GoldenFolder.Floats(golden.LastLogits), step.Logits.Span), 0, 1e-3);
    }

    [Fact]
    public void Malformed_steps_are_refused_and_no_sequence_grows()
    {
        using OnnxTextDecoder decoder = OnnxTextDecoder.Load(engines.Float32(), new OnnxRuntimeOptions());
        using IDecoderSequence good = decoder.CreateSequence(4), full = decoder.CreateSequence(1);
        DecodeStep first = GoldenPrompt.Token(good, 1, 0);
        DecodeStep[] bad =
        [
            GoldenPrompt.Token(good, 2, 0),
            GoldenPrompt.Token(full, decoder.VocabularySize, 0),
            new DecodeStep { Sequence = full, Tokens = new[] { 1, 2 }, Positions = new int[6] },
            new DecodeStep { Sequence = full, Tokens = new[] { 1 }, Positions = new int[1] },
            new DecodeStep { Sequence = full, Tokens = new[] { 1 }, Positions = new int[3], VisualIndex = new[] { 1 } },
            new DecodeStep { Sequence = full, Tokens = Array.Empty<int>(), Positions = Array.Empty<int>() },
        ];

        foreach (DecodeStep step in bad) Assert.Throws<ArgumentException>(() => decoder.Run([first, step]));

        Assert.Equal((0, 0), (good.Length, full.Length));
    }
}
