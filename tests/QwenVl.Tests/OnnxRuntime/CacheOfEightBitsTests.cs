using QwenVl.Engines.Building;
using QwenVl.Engines.Quantization;
using QwenVl.Model.Execution;
using QwenVl.Model.Manifest;
using QwenVl.OnnxRuntime;
using QwenVl.OnnxRuntime.Decoding;
using QwenVl.Tests.Golden;

namespace QwenVl.Tests.OnnxRuntime;

public sealed class CacheOfEightBitsTests(GoldenEngine engines) : IClassFixture<GoldenEngine>
{
    private static readonly EngineBuildOptions Float32 = new() { Dialect = EngineDialect.OnnxRuntime, VisionWeights = WeightFormat.Float32, DecoderWeights = WeightFormat.Float32 };

    [Fact]
    public void Logits_hardly_differ_where_keys_and_values_were_measured()
    {
        using OnnxTextDecoder rounded = OnnxTextDecoder.Load(engines.Build(Float32 with { CacheScales = CacheScales.Covering(Extremes()) }), new OnnxRuntimeOptions());
        foreach (GoldenCase golden in GoldenFolder.Cases)
        {
            using IDecoderSequence sequence = rounded.CreateSequence(golden.Ids.Length);
            // In two chunks, so that the second one reads what was rounded.
            GoldenPrompt prompt = GoldenFolder.Prompt(golden);
            int half = golden.Ids.Length / 2;
            rounded.Run([prompt.Chunk(sequence, 0, half)]);
            DecodeStep step = prompt.Chunk(sequence, half, golden.Ids.Length - half);
            rounded.Run([step]);

            Assert.InRange(Difference.Relative(GoldenFolder.Floats(golden.LastLogits), step.Logits.Span), 1e-6, 0.03);
        }
    }

    [Fact]
    public void Scales_that_are_far_too_small_show()
    {
        IReadOnlyList<float[]> tiny = [.. Extremes().Select(channels => Array.ConvertAll(channels, extreme => extreme / 50))];
        using OnnxTextDecoder cut = OnnxTextDecoder.Load(engines.Build(Float32 with { CacheScales = CacheScales.Covering(tiny) }), new OnnxRuntimeOptions());
        GoldenCase golden = GoldenFolder.Cases[0];
        using IDecoderSequence sequence = cut.CreateSequence(golden.Ids.Length);
        DecodeStep step = GoldenFolder.Prompt(golden).Chunk(sequence, 0, golden.Ids.Length);
        cut.Run([step]);

        Assert.True(Difference.Relative(GoldenFolder.Floats(golden.LastLogits), step.Logits.Span) > 0.05);
    }

    [Fact]
    public void Magnitudes_are_measured_in_float32_alone_and_of_own_sequences()
    {
        using OnnxTextDecoder rounded = OnnxTextDecoder.Load(engines.Build(Float32 with { CacheScales = CacheScales.Covering(Extremes()) }), new OnnxRuntimeOptions());
        using OnnxTextDecoder other = OnnxTextDecoder.Load(engines.Float32(), new OnnxRuntimeOptions());
        using IDecoderSequence sequence = rounded.CreateSequence(4);

        Assert.Throws<InvalidOperationException>(() => rounded.CacheExtremes(sequence));
        Assert.Throws<ArgumentException>(() => other.CacheExtremes(sequence));
    }

    [Fact]
    public void TensorRT_has_no_such_cache()
    {
        EngineBuildOptions options = Float32 with { Dialect = EngineDialect.TensorRt11, CacheScales = CacheScales.Covering(Extremes()) };

        ArgumentException refused = Assert.Throws<ArgumentException>(() => engines.Build(options));
        Assert.Contains("CacheScales", refused.Message, StringComparison.Ordinal);
    }

    /// <summary>Of all golden prompts together.</summary>
    private float[][] Extremes()
    {
        using OnnxTextDecoder decoder = OnnxTextDecoder.Load(engines.Float32(), new OnnxRuntimeOptions());
        float[][]? all = null;
        foreach (GoldenCase golden in GoldenFolder.Cases)
        {
            using IDecoderSequence sequence = decoder.CreateSequence(golden.Ids.Length);
            decoder.Run([GoldenFolder.Prompt(golden).Chunk(sequence, 0, golden.Ids.Length)]);
            IReadOnlyList<float[]> found = decoder.CacheExtremes(sequence);
            all = all is null ? [.. found] : [.. all.Zip(found, (left, right) => left.Zip(right, Math.Max).ToArray())];
        }

        Assert.All(all!, channels => Assert.All(channels, extreme => Assert.True(extreme > 0)));
        return all!;
    }
}
