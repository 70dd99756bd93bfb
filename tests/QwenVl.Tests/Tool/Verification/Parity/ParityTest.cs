using QwenVl.Engines.Tool.Display;
using QwenVl.Engines.Tool.Verification.Parity;
using QwenVl.Model.Execution;
using QwenVl.Model.Manifest;
using QwenVl.Model.Prompts;
using QwenVl.Model.Vision;
using QwenVl.OnnxRuntime;
using QwenVl.OnnxRuntime.Decoding;
using QwenVl.OnnxRuntime.Vision;
using QwenVl.TensorRt.Inference;
using QwenVl.TensorRt.Inference.Decoding;
using QwenVl.TensorRt.Inference.Vision;
using QwenVl.Tests.TensorRt.Inference.Fakes;

namespace QwenVl.Tests.Tool.Verification.Parity;

/// <summary>A small checkpoint on ONNX Runtime, and on what takes TensorRT's place.</summary>
public abstract class ParityTest : InferenceTest
{
    private const int Tokens = 12;

    private protected static readonly ParityQuestion[] Questions =
        [Question("a.png", 4, 6), Question("b.png", 16, 18), Question("c.png", 2, 2), Question("d.png", 32, 32), Question("e.png", 8, 4)];

    private protected static ParityQuestion Question(string picture, int height, int width)
    {
        var grid = new ImageGrid(height, width);
        // The checkpoint's visual token is 60.
        int[] ids = [1, 62, .. Enumerable.Repeat(60, grid.Tokens), 63, 5, 9 + picture[0] % 16];
        var positions = new int[3 * ids.Length];
        int delta = MropePositions.Compute(ids, 60, [grid], positions), row = 0;
        return new ParityQuestion(picture, Noise(height, width), new Prompt(ids, [.. ids.Select(id => id == 60 ? ++row : 0)], positions, delta, grid.Tokens));
    }

    /// <param name="dialect">Of the tested side.</param>
    /// <param name="encoder">What takes the place of its tower; gets the tower.</param>
    /// <param name="decoder">What takes the place of its decoder; gets the decoder.</param>
    /// <param name="questions">Null: all.</param>
    /// <param name="tokens">Of an answer, at most.</param>
    private protected IReadOnlyList<Measurement> Compare(
        EngineDialect dialect = EngineDialect.TensorRt10,
        Func<IVisionEncoder, IVisionEncoder>? encoder = null,
        Func<ITextDecoder, ITextDecoder>? decoder = null,
        ParityQuestion[]? questions = null,
        int tokens = Tokens)
    {
        EngineDirectory engine = Build(EngineDialect.OnnxRuntime);
        using OnnxVisionEncoder tower = OnnxVisionEncoder.Load(engine, new OnnxRuntimeOptions());
        using OnnxTextDecoder text = OnnxTextDecoder.Load(engine, new OnnxRuntimeOptions());
        using var testedTower = new TensorRtVisionEncoder(VisionPlan(dialect), engine.Config.Vision, Context, new TensorRtInferenceOptions());
        using var testedText = new TensorRtTextDecoder(DecoderPlan(dialect), engine.Config, Context, new TensorRtInferenceOptions());
        var tested = new EngineSide(encoder?.Invoke(testedTower) ?? testedTower, decoder?.Invoke(testedText) ?? testedText);
        return new ParityRun(new EngineSide(tower, text), tested, tokens, [7]).Run(questions ?? Questions, new ProgressLine("", null), TestContext.Current.CancellationToken);
    }

    /// <summary>The lines over their limits.</summary>
    private protected static string[] Over(IReadOnlyList<Measurement> found) => [.. found.Where(measurement => !measurement.Passes).Select(measurement => measurement.ToString())];
}
