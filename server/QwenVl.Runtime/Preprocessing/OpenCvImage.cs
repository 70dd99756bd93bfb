using OpenCvSharp;
using QwenVl.Model.Vision;

namespace QwenVl.Runtime.Preprocessing;

/// <summary>Pixels in OpenCV's own memory, blue first: read where they lie, never copied.</summary>
/// <param name="pixels">Rows without padding, of at least three bytes a pixel; owned from here on.</param>
internal sealed unsafe class OpenCvImage(Mat pixels) : DecodedImage(pixels.Cols, pixels.Rows)
{
    /// <inheritdoc/>
    public override PixelView View => new(Width, Height, new ReadOnlySpan<byte>(pixels.DataPointer, Width * Height * PixelView.Channels), isBgr: true);

    /// <inheritdoc/>
    public override void Dispose() => pixels.Dispose();
}
