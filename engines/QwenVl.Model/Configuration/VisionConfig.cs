namespace QwenVl.Model.Configuration;

/// <summary>The vision tower's shape.</summary>
/// <param name="Depth">Number of blocks.</param>
/// <param name="HiddenSize">Width of the tower.</param>
/// <param name="IntermediateSize">Width of a block's MLP.</param>
/// <param name="Heads">Attention heads; <see cref="HeadDim"/> is <paramref name="HiddenSize"/> over this.</param>
/// <param name="OutHiddenSize">Width of a feature row, the decoder's hidden size.</param>
/// <param name="PatchSize">Pixels a patch's side: 16.</param>
/// <param name="TemporalPatchSize">Frames a patch: 2.</param>
/// <param name="SpatialMergeSize">Patches a token's side: 2.</param>
/// <param name="PositionEmbeddings">Rows of the square position table.</param>
/// <param name="TapIndexes">Blocks (0-based) after which a DeepStack tap reads, ascending; may be of any length.</param>
public sealed record VisionConfig(
    int Depth,
    int HiddenSize,
    int IntermediateSize,
    int Heads,
    int OutHiddenSize,
    int PatchSize,
    int TemporalPatchSize,
    int SpatialMergeSize,
    int PositionEmbeddings,
    IReadOnlyList<int> TapIndexes)
{
    /// <summary>Numbers an attention head.</summary>
    public int HeadDim => HiddenSize / Heads;

    /// <summary>Rows of the position table's side.</summary>
    public int PositionTableSide => (int)Math.Sqrt(PositionEmbeddings);

    /// <summary>Numbers of one folded patch: three channels of <see cref="PatchSize"/> squared.</summary>
    public int PatchLength => 3 * PatchSize * PatchSize;
}
