using System.Runtime.CompilerServices;
using QwenVl.Client.Images;
using QwenVl.Model.Vision;
using SkiaSharp;

namespace QwenVl.Client.Routing;

/// <summary>What of a picture decides about routes: its size from the header, its detail only where somebody asks. Remembered as long as the picture lives.</summary>
internal sealed class PictureProfile
{
    // Both sides stay so many times the target's: there a reduced picture shows the edges of the whole one.
    private const int LeastOversampling = 2;
    private const int LargestReduction = 8;

    private static readonly ConditionalWeakTable<ClientImage, PictureProfile> Known = [];

    private readonly ClientImage _image;
    private readonly int _width;
    private readonly int _height;

    private PictureProfile(ClientImage image)
    {
        _image = image;
        using SKData data = SKData.CreateCopy(image.Bytes.Span);
        using SKCodec? codec = SKCodec.Create(data);
        if (codec is null || codec.Info.Width < 1 || codec.Info.Height < 1) return;
        (_width, _height) = (codec.Info.Width, codec.Info.Height);
        if ((double)Math.Max(_width, _height) / Math.Min(_width, _height) > SmartResize.MaxAspectRatio) return;
        Tokens512 = SmartResize.Fit(_height, _width, SmartResize.DefaultMinPixels, SmartResize.Pixels512).Tokens;
        Tokens1024 = SmartResize.Fit(_height, _width, SmartResize.DefaultMinPixels, SmartResize.Pixels1024).Tokens;
        IsChoice = AutoResolution.IsChoice(_height, _width);
    }

    /// <summary>Pixels; null where the device cannot read the header.</summary>
    public long? Pixels => _width == 0 ? null : (long)_width * _height;

    /// <summary>Tokens at the 512 resolution; null where the picture is no good.</summary>
    public int? Tokens512 { get; }

    /// <summary>Tokens at the 1024 resolution.</summary>
    public int? Tokens1024 { get; }

    /// <summary>Whether the resolutions differ.</summary>
    public bool IsChoice { get; }

    /// <summary>How densely edges lie; null before <see cref="MeasureDetail"/>, and where the picture cannot be decoded.</summary>
    public float? EdgeDensity { get; private set; }

    /// <summary>The profile of a picture.</summary>
    public static PictureProfile Of(ClientImage image) => Known.GetValue(image, key => new PictureProfile(key));

    /// <summary>Decodes the picture, a JPEG no larger than needed, and measures its detail.</summary>
    /// <param name="maxPixels">Larger pictures are not decoded.</param>
    public void MeasureDetail(long maxPixels)
    {
        if (EdgeDensity is not null || Tokens512 is null) return;
        try
        {
            RgbImage reduced = ImageDecoder.Decode(_image, maxPixels, 1.0 / Reduction());
            EdgeDensity = Model.Vision.EdgeDensity.Measure(ImagePreprocessor.Prepare(reduced, SmartResize.Pixels512));
        }
        catch (Exception error) when (error is QwenVlException or ArgumentException)
        {
            // Whoever answers says what is wrong with the picture.
        }
    }

    private int Reduction()
    {
        ImageGrid target = SmartResize.Fit(_height, _width, SmartResize.DefaultMinPixels, SmartResize.Pixels512);
        int reduction = 1;
        while (reduction < LargestReduction && _width / (2 * reduction) >= LeastOversampling * target.PixelWidth && _height / (2 * reduction) >= LeastOversampling * target.PixelHeight)
            reduction *= 2;
        return reduction;
    }
}
