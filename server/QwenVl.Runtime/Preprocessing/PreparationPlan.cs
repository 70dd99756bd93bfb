using QwenVl.Model.Vision;
using QwenVl.Runtime.Preprocessing.Memory;

namespace QwenVl.Runtime.Preprocessing;

/// <summary>What will be done to a picture, known from its header alone.</summary>
/// <param name="Header">What the picture says of itself.</param>
/// <param name="Grid">What it is resized to.</param>
/// <param name="Reduction">The divisor of both sides at which it is decoded: 1, or 2, 4 or 8 for JPEG.</param>
internal readonly record struct PreparationPlan(ImageHeader Header, ImageGrid Grid, int Reduction)
{
    /// <summary>
    /// How many times as large as its target, on each side, a picture at least still is when it was decoded smaller. Below 2
    /// features come to differ: at 1.6 the least cosine of a token's features is 0.998, at 1.3 it is 0.96.
    /// </summary>
    public const int Margin = 2;

    private const int LargestReduction = 8;

    // Whichever library decodes: three channels, and one of alpha.
    private const int BytesPerPixel = 4;

    // 16-bit pixels with alpha as they are stored, beside the 8-bit ones made of them.
    private const int DeepBytesPerPixel = 8;

    // A progressive JPEG is decoded when all its scans are read: until then there are 16 bits a coefficient, of up to four components.
    private const int ProgressiveBytesPerPixel = 8;

    /// <summary>The recipe's name in cache keys.</summary>
    public string Recipe => ImagePreprocessor.VersionOf(Reduction);

    /// <summary>Bytes of the patches' buffer, which live on until the last tower has read them.</summary>
    public long PatchBytes => BufferPool.SizeFor(Grid.Patches * ImageGrid.PatchLength);

    /// <summary>The most bytes that there are at a time while it is prepared; the file itself is not counted.</summary>
    public long Bytes
    {
        get
        {
            long stored = Header.Width * Header.Height, pixels = (long)Header.ReducedWidth(Reduction) * Header.ReducedHeight(Reduction);
            int copies = Upright.IsTurned(Header.Orientation) ? 2 : 1;
            return PatchBytes + pixels * BytesPerPixel * copies + (Header.IsDeep ? pixels * DeepBytesPerPixel : 0) + (Header.IsProgressive ? stored * ProgressiveBytesPerPixel : 0);
        }
    }

    /// <summary>Chooses the largest reduction that leaves both sides at least <see cref="Margin"/> times as large as the target.</summary>
    /// <param name="header">What the picture says of itself.</param>
    /// <param name="grid">What it is resized to, upright.</param>
    /// <param name="isExact">Whether every pixel is decoded.</param>
    public static PreparationPlan Create(ImageHeader header, ImageGrid grid, bool isExact)
    {
        int reduction = 1;
        while (!isExact && header.Format == ImageFormat.Jpeg && reduction < LargestReduction && Fits(reduction * 2)) reduction *= 2;
        return new PreparationPlan(header, grid, reduction);

        bool Fits(int by) => header.UprightWidth >= (long)by * Margin * grid.PixelWidth && header.UprightHeight >= (long)by * Margin * grid.PixelHeight;
    }
}
