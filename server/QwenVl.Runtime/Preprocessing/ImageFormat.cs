namespace QwenVl.Runtime.Preprocessing;

/// <summary>The encodings that are accepted.</summary>
internal enum ImageFormat
{
    Jpeg,
    Png,
    WebP,
    Bmp,
}
