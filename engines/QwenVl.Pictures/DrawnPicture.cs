using QwenVl.Model.Vision;
using QwenVl.Pictures.Files;
using QwenVl.Pictures.Labels;

namespace QwenVl.Pictures;

/// <summary>A picture as a file's bytes, with its questions.</summary>
public sealed class DrawnPicture
{
    private readonly IReadOnlyList<LabelRegion> _regions;

    internal DrawnPicture(
        PictureKind kind, int width, int height, byte[] encoded, bool isPng, IReadOnlyList<QuestionAnswer> questions, IReadOnlyList<LabelRegion> regions) =>
        (Kind, Width, Height, Encoded, IsPng, Questions, _regions) = (kind, width, height, encoded, isPng, questions, regions);

    /// <summary>What it shows.</summary>
    public PictureKind Kind { get; }

    /// <summary>Pixels from left to right.</summary>
    public int Width { get; }

    /// <summary>Pixels from top to bottom.</summary>
    public int Height { get; }

    /// <summary>A JPEG or PNG file.</summary>
    public ReadOnlyMemory<byte> Encoded { get; }

    /// <summary>Whether the file is a PNG.</summary>
    public bool IsPng { get; }

    /// <summary>Questions with their only right answers.</summary>
    public IReadOnlyList<QuestionAnswer> Questions { get; }

    /// <summary>The picture as a decoder gives it.</summary>
    public RgbImage Decode() => PictureEncoder.Decode(Encoded.ToArray());

    /// <summary>What each patch shows after the resize to <paramref name="grid"/>: an index into the names of labels.json, in patch order.</summary>
    public ushort[] Labels(ImageGrid grid) => PatchLabels.Rasterize(_regions, Width, Height, grid);
}
