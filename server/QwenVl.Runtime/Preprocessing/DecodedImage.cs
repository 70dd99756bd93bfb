using QwenVl.Model.Vision;

namespace QwenVl.Runtime.Preprocessing;

/// <summary>A picture's pixels, upright, where its decoder left them; disposed by whoever decoded it.</summary>
internal abstract class DecodedImage(int width, int height) : IDisposable
{
    /// <summary>Pixels from left to right.</summary>
    public int Width { get; } = width;

    /// <summary>Pixels from top to bottom.</summary>
    public int Height { get; } = height;

    /// <summary>The pixels; valid until this is disposed.</summary>
    public abstract PixelView View { get; }

    /// <inheritdoc/>
    public abstract void Dispose();
}
