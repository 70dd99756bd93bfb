using Microsoft.ML.OnnxRuntime;
using QwenVl.Engines.Building;
using QwenVl.Engines.Caching;
using QwenVl.Engines.Tool.Display;
using QwenVl.Engines.Tool.Evaluation;
using QwenVl.Model.Manifest;
using QwenVl.Model.Prompts;
using QwenVl.Model.Text;
using QwenVl.OnnxRuntime;
using QwenVl.OnnxRuntime.Decoding;
using QwenVl.OnnxRuntime.Vision;
using QwenVl.TensorRt.Inference;
using QwenVl.TensorRt.Inference.Decoding;
using QwenVl.TensorRt.Inference.Vision;

namespace QwenVl.Engines.Tool.Verification.Parity;

/// <summary>Builds a checkpoint's engines for TensorRT in bfloat16 and for ONNX Runtime in float32, and compares them.</summary>
/// <param name="device">The GPU; not owned.</param>
/// <param name="engine">What TensorRT builds.</param>
/// <param name="cache">Where engines are kept.</param>
/// <param name="options">What to compare on.</param>
internal sealed class TensorRtParity(TensorRtDevice device, EngineBuildOptions engine, EngineCache cache, ParityOptions options)
{
    /// <param name="directory">The checkpoint.</param>
    /// <param name="progress">Hears of the stages.</param>
    /// <param name="cancellationToken">Ends the work early.</param>
    public async Task<ParityReport> RunAsync(string directory, ProgressLine progress, CancellationToken cancellationToken)
    {
        // The cheapest of what may be wrong comes first.
        IReadOnlyList<AskedPicture> pictures = PictureList.Read(options.Pictures, options.Limit);
        EngineDirectory tested = await cache.GetOrBuildAsync(directory, engine, progress, cancellationToken);
        EngineDirectory reference = await cache.GetOrBuildAsync(directory, Float32, progress, cancellationToken);
        var prompts = new PromptBuilder(QwenTokenizer.Load(reference.TokenizerPath), reference.Config);
        progress.Report("pictures", 0);
        IReadOnlyList<ParityQuestion> questions = await ParityQuestions.ReadAsync(options.Pictures, pictures, prompts, cancellationToken);
        long start = TimeProvider.System.GetTimestamp();
        IReadOnlyList<Measurement> differences = await Task.Run(() => Compare(reference, tested, questions, progress, cancellationToken), cancellationToken);
        double seconds = TimeProvider.System.GetElapsedTime(start).TotalSeconds;
        return new ParityReport(
            directory,
            $"ONNX Runtime {OrtEnv.Instance().GetVersionString()}",
            reference.Path,
            device.Library.Version.ToString(),
            tested.Path,
            tested.Manifest.DecoderWeights.ToString(),
            device.Context.Device.Name,
            device.Architecture,
            device.Driver.Version.ToString(),
            options.Pictures,
            questions.Count,
            options.Tokens,
            Math.Round(seconds, 2),
            differences.All(difference => difference.Passes),
            differences);
    }

    private static EngineBuildOptions Float32 { get; } =
        new() { Dialect = EngineDialect.OnnxRuntime, VisionWeights = WeightFormat.Float32, DecoderWeights = WeightFormat.Float32 };

    private IReadOnlyList<Measurement> Compare(EngineDirectory reference, EngineDirectory tested, IReadOnlyList<ParityQuestion> questions, ProgressLine progress, CancellationToken cancellationToken)
    {
        progress.Report("loading", 0);
        using TensorRtVisionEncoder testedEncoder = device.LoadEncoder(tested.VisionPlanPath!, tested.Config.Vision, cancellationToken);
        using TensorRtTextDecoder testedDecoder = device.LoadDecoder(tested.DecoderPlanPath!, tested.Config, cancellationToken);
        var onnx = new OnnxRuntimeOptions { MaxPatches = testedEncoder.MaxPatches, MaxSequenceLength = testedDecoder.MaxSequenceLength };
        using OnnxVisionEncoder encoder = OnnxVisionEncoder.Load(reference, onnx);
        using OnnxTextDecoder decoder = OnnxTextDecoder.Load(reference, onnx);
        return new ParityRun(new EngineSide(encoder, decoder), new EngineSide(testedEncoder, testedDecoder), options.Tokens, reference.Config.StopTokenIds).Run(questions, progress, cancellationToken);
    }
}
