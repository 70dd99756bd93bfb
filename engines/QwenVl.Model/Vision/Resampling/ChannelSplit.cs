using System.Runtime.Intrinsics;

namespace QwenVl.Model.Vision.Resampling;

/// <summary>One line of a patch, 16 interleaved pixels, to 16 bytes of each channel.</summary>
internal static class ChannelSplit
{
    private const int Side = ImageGrid.PatchSize, Channels = PixelView.Channels;

    /// <param name="pixels">48 bytes.</param>
    /// <param name="planes">Receives red at 0, green at <paramref name="stride"/>, blue at twice of it.</param>
    /// <param name="stride">Bytes between the channels.</param>
    /// <param name="isBgr">Whether blue comes first.</param>
    public static void Run(ReadOnlySpan<byte> pixels, Span<byte> planes, int stride, bool isBgr)
    {
        int red = isBgr ? 2 * stride : 0, blue = 2 * stride - red;
        if (!Vector128.IsHardwareAccelerated)
        {
            for (int x = 0; x < Side; x++) (planes[red + x], planes[stride + x], planes[blue + x]) = (pixels[x * Channels], pixels[x * Channels + 1], pixels[x * Channels + 2]);
            return;
        }

        Vector128<byte> a = Vector128.Create(pixels), b = Vector128.Create(pixels[Side..]), c = Vector128.Create(pixels[(2 * Side)..]);
        // An index of 16 and more gives zero.
        Vector128<byte> first = Vector128.Shuffle(a, Vector128.Create((byte)0, 3, 6, 9, 12, 15, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16))
            | Vector128.Shuffle(b, Vector128.Create((byte)16, 16, 16, 16, 16, 16, 2, 5, 8, 11, 14, 16, 16, 16, 16, 16))
            | Vector128.Shuffle(c, Vector128.Create((byte)16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 1, 4, 7, 10, 13));
        Vector128<byte> second = Vector128.Shuffle(a, Vector128.Create((byte)1, 4, 7, 10, 13, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16))
            | Vector128.Shuffle(b, Vector128.Create((byte)16, 16, 16, 16, 16, 0, 3, 6, 9, 12, 15, 16, 16, 16, 16, 16))
            | Vector128.Shuffle(c, Vector128.Create((byte)16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 2, 5, 8, 11, 14));
        Vector128<byte> third = Vector128.Shuffle(a, Vector128.Create((byte)2, 5, 8, 11, 14, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16))
            | Vector128.Shuffle(b, Vector128.Create((byte)16, 16, 16, 16, 16, 1, 4, 7, 10, 13, 16, 16, 16, 16, 16, 16))
            | Vector128.Shuffle(c, Vector128.Create((byte)16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 0, 3, 6, 9, 12, 15));
        first.CopyTo(planes[red..]);
        second.CopyTo(planes[stride..]);
        third.CopyTo(planes[blue..]);
    }
}
