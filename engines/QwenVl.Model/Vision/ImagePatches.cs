namespace QwenVl.Model.Vision;

/// <summary>A preprocessed picture: what a vision tower takes in.</summary>
/// <param name="Grid">Its size in patches.</param>
/// <param name="Values">
/// Grid.Patches rows of <see cref="ImageGrid.PatchLength"/> bytes in merge-block order, channel-major [3][16][16]
/// within a row, as <see cref="PatchLayout"/> writes them. Normalisation happens in the graph.
/// </param>
public sealed record ImagePatches(ImageGrid Grid, ReadOnlyMemory<byte> Values);
