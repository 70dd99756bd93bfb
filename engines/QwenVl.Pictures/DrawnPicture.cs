using QwenVl.Model.Vision;
using QwenVl.Pictures.Degrading;
using QwenVl.Pictures.Files;
using QwenVl.Pictures.Labels;

namespace QwenVl.Pictures;

/// <summary>A picture with its questions.</summary>
public sealed class DrawnPicture
{
    private readonly Degradation _degradation;
    private readonly PixelBuffer _pixels;
    private readonly IReadOnlyList<LabelRegion> _regions;
    private byte[]? _encoded;

    internal DrawnPicture(
        PictureKind kind, PixelBuffer pixels, Degradation degradation, IReadOnlyList<QuestionAnswer> questions, IReadOnlyList<LabelRegion> regions) =>
        (Kind, _pixels, _degradation, Questions, _regions) = (kind, pixels, degradation, questions, regions);

    /// <summary>What it shows.</summary>
    public PictureKind Kind { get; }

    /// <summary>Pixels from left to right.</summary>
    public int Width => _pixels.Width;

    /// <summary>Pixels from top to bottom.</summary>
    public int Height => _pixels.Height;

    /// <summary>A JPEG or PNG file, made when first asked for.</summary>
    public ReadOnlyMemory<byte> Encoded => _encoded ??= PictureCodec.Encode(_pixels, _degradation.Quality, _degradation.FullChroma);

    /// <summary>Whether the file is a PNG.</summary>
    public bool IsPng => _degradation.Quality == 0;

    /// <summary>Questions with their only right answers.</summary>
    public IReadOnlyList<QuestionAnswer> Questions { get; }

    /// <summary>The picture as a decoder gives it, with the losses of its file format.</summary>
    public RgbImage Decode() => (IsPng ? _pixels : PictureCodec.Decode(Encoded.ToArray())).ToRgb();

    /// <summary>What each patch shows after the resize to <paramref name="grid"/>: an index into the names of labels.json, in patch order.</summary>
    public ushort[] Labels(ImageGrid grid) => PatchLabels.Rasterize(_regions, Width, Height, grid);
}
