using QwenVl.Engines.Building;
using QwenVl.Model.Execution;
using QwenVl.Model.Manifest;
using QwenVl.Tests.Golden;

namespace QwenVl.Tests.Engines.Dialects;

public sealed class TensorRtDecoderTests(GoldenEngine engines) : IClassFixture<GoldenEngine>
{
    public static TheoryData<EngineDialect> Dialects => [EngineDialect.TensorRt10, EngineDialect.TensorRt11];

    [Theory]
    [MemberData(nameof(Dialects))]
    public void Logits_and_greedy_tokens_are_those_of_transformers_and_a_cache_changes_nothing(EngineDialect dialect)
    {
        using TensorRtTextDecoder decoder = Decoder(dialect);
        foreach (GoldenCase golden in GoldenFolder.Cases)
        {
            GoldenPrompt prompt = GoldenFolder.Prompt(golden);
            Measurement[] measurements = [DecoderCheck.Logits("logits", GoldenFolder.Set, golden, prompt, decoder, limited: true), .. DecoderCheck.Answer(golden, prompt, decoder, limited: true)];

            Assert.All(measurements, measurement => Assert.True(measurement.Passes, measurement.ToString()));
        }
    }

    [Theory]
    [InlineData(EngineDialect.TensorRt10, 1)]
    [InlineData(EngineDialect.TensorRt10, 7)]
    [InlineData(EngineDialect.TensorRt10, 64)]
    [InlineData(EngineDialect.TensorRt11, 1)]
    [InlineData(EngineDialect.TensorRt11, 7)]
    [InlineData(EngineDialect.TensorRt11, 64)]
    public void A_prompt_in_chunks_gives_the_logits_of_the_whole(EngineDialect dialect, int chunk)
    {
        using TensorRtTextDecoder decoder = Decoder(dialect);
        GoldenCase golden = GoldenFolder.Cases.Single(golden => golden.Name == "one_image");
        GoldenPrompt prompt = GoldenFolder.Prompt(golden);
        using IDecoderSequence sequence = decoder.CreateSequence(prompt.Ids.Length);

        DecodeStep step = Feed(decoder, prompt, sequence, chunk, prompt.Ids.Length);

        Assert.Equal(prompt.Ids.Length, sequence.Length);
        Assert.InRange(Difference.OfScale(GoldenFolder.Floats(golden.LastLogits), step.Logits.Span), 0, 1e-3);
    }

    [Theory]
    [MemberData(nameof(Dialects))]
    public void Sequences_of_other_pasts_and_chunks_in_one_run_do_not_disturb_each_other(EngineDialect dialect)
    {
        using TensorRtTextDecoder decoder = Decoder(dialect);
        GoldenCase[] cases = [.. GoldenFolder.Cases.Where(golden => golden.Name != "large")];
        GoldenPrompt[] prompts = [.. cases.Select(GoldenFolder.Prompt)];
        IDecoderSequence[] sequences = [.. prompts.Select(prompt => decoder.CreateSequence(prompt.Ids.Length))];
        // The first has no past, the second lacks one token, the others lie between.
        int[] pasts = [.. prompts.Select((prompt, i) => i switch { 0 => 0, 1 => prompt.Ids.Length - 1, _ => prompt.Ids.Length / i })];
        for (int i = 1; i < prompts.Length; i++) Feed(decoder, prompts[i], sequences[i], 50, pasts[i]);
        DecodeStep[] steps = [.. prompts.Select((prompt, i) => prompt.Chunk(sequences[i], pasts[i], prompt.Ids.Length - pasts[i]))];

        decoder.Run(steps);

        Assert.True(pasts.Distinct().Count() == pasts.Length && steps.Select(step => step.Tokens.Length).Distinct().Count() > 2);
        foreach ((GoldenCase golden, DecodeStep step) in cases.Zip(steps))
            Assert.InRange(Difference.OfScale(GoldenFolder.Floats(golden.LastLogits), step.Logits.Span), 0, 1e-3);
    }

    [Theory]
    [MemberData(nameof(Dialects))]
    public void Ranked_tokens_are_the_best_logits_in_their_order(EngineDialect dialect)
    {
        using TensorRtTextDecoder decoder = Decoder(dialect);
        DecodeStep[] steps = [.. GoldenFolder.Cases.Take(2).Select(golden => GoldenFolder.Prompt(golden).Chunk(decoder.CreateSequence(golden.Ids.Length), 0, golden.Ids.Length))];

        decoder.Run(steps);

        for (int i = 0; i < steps.Length; i++)
        {
            float[] logits = steps[i].Logits.ToArray();
            Assert.Equal(new EngineBuildOptions { Dialect = dialect, VisionWeights = default, DecoderWeights = default }.TopTokens, decoder.TopTokens[i].Length);
            Assert.Equal(logits.OrderDescending().Take(decoder.TopValues[i].Length), decoder.TopValues[i]);
            Assert.Equal(decoder.TopValues[i], decoder.TopTokens[i].Select(token => logits[token]));
            Assert.Equal(Array.IndexOf(logits, logits.Max()), decoder.TopTokens[i][0]);
        }
    }

    // Long enough for the longest case and its answer, in whole steps of 64.
    private TensorRtTextDecoder Decoder(EngineDialect dialect) =>
        new(engines.Build(new EngineBuildOptions { Dialect = dialect, VisionWeights = WeightFormat.Float32, DecoderWeights = WeightFormat.Float32, CacheCapacity = 1088 }));

    private static DecodeStep Feed(TensorRtTextDecoder decoder, GoldenPrompt prompt, IDecoderSequence sequence, int chunk, int end)
    {
        DecodeStep step = null!;
        for (int start = 0; start < end; start += chunk)
        {
            step = prompt.Chunk(sequence, start, Math.Min(chunk, end - start));
            decoder.Run([step]);
        }

        return step;
    }
}
