namespace QwenVl.Model.Vision.Resampling;

/// <summary>Rows to one picture of interleaved RGB.</summary>
internal readonly ref struct RgbSink(int width, bool isBgr, Span<byte> pixels) : IRowSink
{
    private const int Channels = PixelView.Channels;
    private readonly Span<byte> _pixels = pixels;

    public void WritePlanes(int y, ReadOnlySpan<byte> row)
    {
        Span<byte> to = Row(y);
        ReadOnlySpan<byte> red = row.Slice(isBgr ? 2 * width : 0, width), green = row.Slice(width, width), blue = row.Slice(isBgr ? 0 : 2 * width, width);
        for (int x = 0; x < width; x++) (to[x * Channels], to[x * Channels + 1], to[x * Channels + 2]) = (red[x], green[x], blue[x]);
    }

    public void WritePixels(int y, ReadOnlySpan<byte> row)
    {
        Span<byte> to = Row(y);
        row.CopyTo(to);
        for (int x = 0; isBgr && x < to.Length; x += Channels) (to[x], to[x + 2]) = (to[x + 2], to[x]);
    }

    private Span<byte> Row(int y) => _pixels.Slice(y * width * Channels, width * Channels);
}
