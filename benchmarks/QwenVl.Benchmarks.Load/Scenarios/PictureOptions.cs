namespace QwenVl.Benchmarks.Load.Scenarios;

/// <summary>A size of pictures and its share.</summary>
/// <param name="Width">Pixels.</param>
/// <param name="Height">Pixels.</param>
/// <param name="Weight">Relative to the other sizes.</param>
internal sealed record PictureSize(int Width, int Height, double Weight);

/// <summary>Which pictures are sent.</summary>
/// <param name="Sizes">Sizes with their shares.</param>
/// <param name="Motifs">Pictures drawn for each size. Each file sent has one motif's pixels and bytes of its own.</param>
/// <param name="Quality">JPEG quality.</param>
/// <param name="RepeatRatio">The share of requests whose file was sent before.</param>
/// <param name="RepeatWindow">A repeated file is one of so many last ones.</param>
internal sealed record PictureOptions(IReadOnlyList<PictureSize> Sizes, int Motifs, int Quality, double RepeatRatio, int RepeatWindow);
