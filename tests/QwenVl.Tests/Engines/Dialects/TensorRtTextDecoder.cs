using Microsoft.ML.OnnxRuntime;
using QwenVl.Engines.Plans;
using QwenVl.Model.Configuration;
using QwenVl.Model.Execution;
using QwenVl.Model.Manifest;

namespace QwenVl.Tests.Engines.Dialects;

/// <summary>
/// A decoder graph of a TensorRT dialect in float32: one call for all steps, however long their chunks and pasts are. What
/// a graph must not look at is full of noise.
/// </summary>
internal sealed class TensorRtTextDecoder : ITextDecoder
{
    private const int Step = 64;
    private readonly GraphRunner _runner;
    private readonly TextConfig _text;
    private readonly int _taps;
    private readonly CacheTensors _cache;
    private readonly Random _noise = new(5);

    public TensorRtTextDecoder(EngineDirectory engine)
    {
        _runner = new GraphRunner(engine.DecoderModelPath, engine.DecoderWeightsFolder);
        (_text, _taps) = (engine.Config.Text, engine.Config.Vision.TapIndexes.Count);
        int? capacity = engine.Manifest.Dialect is EngineDialect.TensorRt11 ? (int)GraphSignature.Read(engine.DecoderModelPath).Input("key_cache.0").Shape[2].Length : null;
        _cache = new CacheTensors(_text, capacity, _noise);
    }

    public int VocabularySize => _text.VocabularySize;

    public int MaxSequenceLength => _text.MaxPositions;

    public int MaxBatchSize => 16;

    /// <summary>Of the last run, for each step: ranked logits.</summary>
    public float[][] TopValues { get; private set; } = [];

    /// <summary>Of the last run, for each step: their tokens.</summary>
    public long[][] TopTokens { get; private set; } = [];

    public IDecoderSequence CreateSequence(int capacity) => new TensorRtSequence(_text, capacity);

    public void Run(IReadOnlyList<DecodeStep> steps)
    {
        int batch = steps.Count, tokens = steps.Max(step => step.Tokens.Length);
        TensorRtSequence[] sequences = [.. steps.Select(step => (TensorRtSequence)step.Sequence)];
        int[] counts = [.. steps.Select(step => step.Tokens.Length)];
        int longest = sequences.Zip(counts, (sequence, count) => sequence.Length + count).Max(), past = sequences.Max(sequence => sequence.Length);
        List<(string, OrtValue)> inputs =
        [
            .. Tokens(steps, batch, tokens),
            .. Visual(steps),
            .. _cache.Inputs(sequences, Math.Max(Step, RoundUp(past)), RoundUp(longest)),
        ];
        GraphRunner.RunOutputs outputs = _runner.Run(inputs);
        _cache.Keep(sequences, counts, tokens, outputs);

        float[] logits = outputs.Floats("logits");
        TopValues = [.. outputs.Floats("top_values").Chunk(outputs.Floats("top_values").Length / batch)];
        TopTokens = [.. outputs.Longs("top_tokens").Chunk(TopValues[0].Length)];
        for (int i = 0; i < batch; i++)
        {
            steps[i].Logits = logits.AsMemory(i * VocabularySize, VocabularySize);
            sequences[i].Length += counts[i];
        }
    }

    public void Dispose() => _runner.Dispose();

    private IEnumerable<(string, OrtValue)> Tokens(IReadOnlyList<DecodeStep> steps, int batch, int tokens)
    {
        long[] ids = Noise(batch * tokens), positions = Noise(3 * batch * tokens), index = new long[batch * tokens];
        int row = 0;
        for (int i = 0; i < batch; i++)
        {
            DecodeStep step = steps[i];
            for (int token = 0; token < step.Tokens.Length; token++)
            {
                ids[i * tokens + token] = step.Tokens.Span[token];
                for (int axis = 0; axis < 3; axis++) positions[(axis * batch + i) * tokens + token] = step.Positions.Span[axis * step.Tokens.Length + token];
                // The rows of all steps lie behind each other.
                if (!step.VisualIndex.IsEmpty && step.VisualIndex.Span[token] > 0) index[i * tokens + token] = row + step.VisualIndex.Span[token];
            }

            row += step.Visual?.Rows ?? 0;
        }

        yield return ("input_ids", OrtValue.CreateTensorValueFromMemory(ids, [batch, tokens]));
        yield return ("position_ids", OrtValue.CreateTensorValueFromMemory(positions, [3, batch, tokens]));
        yield return ("visual_index", OrtValue.CreateTensorValueFromMemory(index, [batch, tokens]));
        yield return ("last_index", OrtValue.CreateTensorValueFromMemory(steps.Select(step => step.Tokens.Length - 1L).ToArray(), [batch]));
    }

    private IEnumerable<(string, OrtValue)> Visual(IReadOnlyList<DecodeStep> steps)
    {
        VisualRows[] visual = [.. steps.Select(step => step.Visual).OfType<VisualRows>()];
        int rows = 1 + visual.Sum(part => part.Rows), width = _text.HiddenSize;
        yield return ("visual", OrtValue.CreateTensorValueFromMemory(Plane(part => part.Main), [rows, width]));
        if (_taps == 0) yield break;
        float[] taps = [.. Enumerable.Range(0, _taps).SelectMany(tap => Plane(part => part.Taps.Slice(tap * (1 + part.Rows) * width, (1 + part.Rows) * width)))];
        yield return ("visual_taps", OrtValue.CreateTensorValueFromMemory(taps, [_taps, rows, width]));

        float[] Plane(Func<VisualRows, ReadOnlyMemory<float>> of) => [.. new float[width], .. visual.SelectMany(part => of(part)[width..].ToArray())];
    }

    private long[] Noise(int count) => [.. Enumerable.Range(0, count).Select(_ => (long)_noise.Next(VocabularySize))];

    private static int RoundUp(int rows) => (rows + Step - 1) / Step * Step;
}
