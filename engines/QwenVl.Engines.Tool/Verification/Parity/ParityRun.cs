using QwenVl.Engines.Tool.Display;
using QwenVl.Model.Vision;

namespace QwenVl.Engines.Tool.Verification.Parity;

/// <summary>Holds one runtime's engine against another's, on pictures and a question about each.</summary>
/// <param name="reference">In float32.</param>
/// <param name="tested">What is held against it.</param>
/// <param name="mostTokens">Of an answer.</param>
/// <param name="endTokens">Each ends an answer.</param>
internal sealed class ParityRun(EngineSide reference, EngineSide tested, int mostTokens, IReadOnlyList<int> endTokens)
{
    /// <returns>Every difference, in the order of the pipeline.</returns>
    /// <exception cref="ToolException">A question is too large for one of the sides.</exception>
    public IReadOnlyList<Measurement> Run(IReadOnlyList<ParityQuestion> questions, ProgressLine progress, CancellationToken cancellationToken)
    {
        ParityFit.Require(reference, tested, questions, mostTokens);
        var encoders = new EncoderParity(reference.Encoder, tested.Encoder);
        IReadOnlyList<(ImageFeatures Expected, ImageFeatures Actual)> features = encoders.Run(questions, progress, cancellationToken);
        var decoders = new DecoderParity(reference.Decoder, tested.Decoder, mostTokens, endTokens);
        decoders.Run(questions, features, progress, cancellationToken);
        return [.. encoders.Measurements(), .. decoders.Measurements()];
    }
}
