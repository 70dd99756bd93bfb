using QwenVl.Model.Vision;
using QwenVl.Runtime.Preprocessing.Memory;

namespace QwenVl.Runtime.Preprocessing;

/// <summary>Pixels in a rented buffer, red first.</summary>
/// <param name="width">Pixels from left to right.</param>
/// <param name="height">Pixels from top to bottom.</param>
/// <param name="buffer">At least three bytes a pixel; owned from here on.</param>
internal sealed class PooledImage(int width, int height, PooledBuffer buffer) : DecodedImage(width, height)
{
    /// <inheritdoc/>
    public override PixelView View => new(Width, Height, buffer.GetSpan());

    /// <inheritdoc/>
    public override void Dispose() => ((IDisposable)buffer).Dispose();
}
