namespace QwenVl.Model.Configuration;

/// <summary>The decoder's shape.</summary>
/// <param name="HiddenSize">Width of the residual stream.</param>
/// <param name="IntermediateSize">Width of the gated MLP.</param>
/// <param name="Layers">Number of decoder layers.</param>
/// <param name="Heads">Query heads.</param>
/// <param name="KeyValueHeads">Key and value heads; divides <paramref name="Heads"/>.</param>
/// <param name="HeadDim">Numbers a head; not necessarily <paramref name="HiddenSize"/> over <paramref name="Heads"/>.</param>
/// <param name="VocabularySize">Rows of the embedding table.</param>
/// <param name="MaxPositions">The longest sequence the checkpoint states.</param>
/// <param name="RmsNormEpsilon">Epsilon of every RMSNorm.</param>
/// <param name="RopeTheta">Base of the rotary frequencies.</param>
/// <param name="MropeSection">Frequencies of the time, height and width axes; their sum is half of <paramref name="HeadDim"/>. Interleaved.</param>
public sealed record TextConfig(
    int HiddenSize,
    int IntermediateSize,
    int Layers,
    int Heads,
    int KeyValueHeads,
    int HeadDim,
    int VocabularySize,
    int MaxPositions,
    double RmsNormEpsilon,
    double RopeTheta,
    IReadOnlyList<int> MropeSection);
