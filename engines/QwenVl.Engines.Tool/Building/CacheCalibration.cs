using System.Numerics.Tensors;
using QwenVl.Engines.Building;
using QwenVl.Engines.Caching;
using QwenVl.Engines.Quantization;
using QwenVl.Engines.Tool.Display;
using QwenVl.Engines.Tool.Evaluation;
using QwenVl.Engines.Tool.Verification.Parity;
using QwenVl.Model.Execution;
using QwenVl.Model.Manifest;
using QwenVl.Model.Prompts;
using QwenVl.Model.Text;
using QwenVl.OnnxRuntime;
using QwenVl.OnnxRuntime.Decoding;
using QwenVl.OnnxRuntime.Vision;

namespace QwenVl.Engines.Tool.Building;

/// <summary>Measures how large keys and values are while questions about pictures are taken in and answered.</summary>
internal static class CacheCalibration
{
    private const int MostPictures = 32;
    private const int AnswerTokens = 24;

    /// <param name="directory">The checkpoint.</param>
    /// <param name="options">The engine that is to get a cache of 8 bits; the same one without is built for measuring.</param>
    /// <param name="pictures">A folder of pictures with questions, as <c>draw</c> writes it.</param>
    /// <param name="cache">Keeps the engine that measures.</param>
    /// <param name="progress">Is told of each picture.</param>
    /// <param name="cancellationToken">Ends the work early.</param>
    public static async Task<CacheScales> MeasureAsync(string directory, EngineBuildOptions options, string pictures, EngineCache cache, ProgressLine progress, CancellationToken cancellationToken)
    {
        EngineDirectory engine = await cache.GetOrBuildAsync(directory, options with { CacheScales = null }, progress, cancellationToken);
        IReadOnlyList<AskedPicture> asked = PictureList.Read(pictures, MostPictures);
        var prompts = new PromptBuilder(QwenTokenizer.Load(engine.TokenizerPath), engine.Config);
        IReadOnlyList<ParityQuestion> questions = await ParityQuestions.ReadAsync(pictures, asked, prompts, cancellationToken);
        return await Task.Run(() => Measure(engine, questions, progress, cancellationToken), cancellationToken);
    }

    private static CacheScales Measure(EngineDirectory engine, IReadOnlyList<ParityQuestion> questions, ProgressLine progress, CancellationToken cancellationToken)
    {
        using OnnxVisionEncoder encoder = OnnxVisionEncoder.Load(engine, new OnnxRuntimeOptions());
        using OnnxTextDecoder decoder = OnnxTextDecoder.Load(engine, new OnnxRuntimeOptions());
        IReadOnlyList<float[]>? extremes = null;
        for (int i = 0; i < questions.Count; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            progress.Report($"measuring keys and values: {questions[i].Picture}", (double)i / questions.Count);
            using IDecoderSequence sequence = decoder.CreateSequence(questions[i].Prompt.Length + AnswerTokens);
            Answer(decoder, sequence, questions[i].Prompt, VisualRows.Join(encoder.Encode([questions[i].Patches])));
            extremes = Larger(extremes, decoder.CacheExtremes(sequence));
        }

        return CacheScales.Covering(extremes!);
    }

    private static void Answer(OnnxTextDecoder decoder, IDecoderSequence sequence, Prompt prompt, VisualRows visual)
    {
        DecodeStep step = AnswerFeed.PromptStep(sequence, prompt, visual);
        decoder.Run([step]);
        for (int i = 0; i < AnswerTokens; i++)
        {
            step = AnswerFeed.TokenStep(sequence, prompt, TensorPrimitives.IndexOfMax(step.Logits.Span));
            decoder.Run([step]);
        }
    }

    private static IReadOnlyList<float[]> Larger(IReadOnlyList<float[]>? before, IReadOnlyList<float[]> now)
    {
        if (before is null) return now;
        for (int i = 0; i < now.Count; i++)
            for (int channel = 0; channel < now[i].Length; channel++) now[i][channel] = Math.Max(now[i][channel], before[i][channel]);
        return now;
    }
}
