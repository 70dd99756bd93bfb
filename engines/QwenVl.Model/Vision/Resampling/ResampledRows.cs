using System.Buffers;

namespace QwenVl.Model.Vision.Resampling;

/// <summary>
/// Antialiased bicubic resizing of 8-bit pixels in fixed point: a horizontal pass, rounded to 8 bits, then a vertical one; a
/// pass whose size does not change is skipped. Between the passes only the rows are held that the next output row reads, so
/// that they stay in the processor's cache; rows that no output row reads are not computed.
/// </summary>
internal static class ResampledRows
{
    /// <param name="source">The picture.</param>
    /// <param name="width">Pixels of the output, at least 1.</param>
    /// <param name="height">Pixels of the output, at least 1.</param>
    /// <param name="sink">Receives the rows.</param>
    /// <param name="vectors">Which instructions; this processor has them.</param>
    public static void Write<TSink>(PixelView source, int width, int height, TSink sink, VectorWidth vectors)
        where TSink : IRowSink, allows ref struct
    {
        ResamplingWeights? across = width == source.Width ? null : ResamplingWeightCache.Shared.Get(source.Width, width);
        ResamplingWeights? down = height == source.Height ? null : ResamplingWeightCache.Shared.Get(source.Height, height);
        if (down is null) WriteEach(source, across, width, sink, vectors);
        else WriteSums(source, across, down, width, sink, vectors);
    }

    private static void WriteEach<TSink>(PixelView source, ResamplingWeights? across, int width, TSink sink, VectorWidth vectors)
        where TSink : IRowSink, allows ref struct
    {
        if (across is null)
        {
            for (int y = 0; y < source.Height; y++) sink.WritePixels(y, source.Row(y));
            return;
        }

        byte[] row = ArrayPool<byte>.Shared.Rent(width * PixelView.Channels);
        Span<byte> planes = row.AsSpan(0, width * PixelView.Channels);
        for (int y = 0; y < source.Height; y++)
        {
            HorizontalPass.Run(From(source, y), across, planes, vectors);
            sink.WritePlanes(y, planes);
        }

        ArrayPool<byte>.Shared.Return(row);
    }

    private static void WriteSums<TSink>(PixelView source, ResamplingWeights? across, ResamplingWeights down, int width, TSink sink, VectorWidth vectors)
        where TSink : IRowSink, allows ref struct
    {
        int stride = width * PixelView.Channels, held = across is null ? 0 : down.MostTaps;
        byte[] rented = ArrayPool<byte>.Shared.Rent((held + 1) * stride);
        int[] places = ArrayPool<int>.Shared.Rent(down.MostTaps);
        Span<byte> output = rented.AsSpan(0, stride), ring = rented.AsSpan(stride, held * stride);
        int next = 0;
        for (int y = 0; y < down.Starts.Length; y++)
        {
            int start = down.Starts[y], count = down.Counts[y];
            Span<int> offsets = places.AsSpan(0, count);
            if (across is null)
            {
                for (int tap = 0; tap < count; tap++) offsets[tap] = (start + tap) * stride;
                VerticalPass.Run(source.Pixels, offsets, down, y, output, vectors);
                sink.WritePixels(y, output);
                continue;
            }

            for (next = Math.Max(next, start); next < start + count; next++)
                HorizontalPass.Run(From(source, next), across, ring.Slice(next % held * stride, stride), vectors);
            for (int tap = 0; tap < count; tap++) offsets[tap] = (start + tap) % held * stride;
            VerticalPass.Run(ring, offsets, down, y, output, vectors);
            sink.WritePlanes(y, output);
        }

        ArrayPool<int>.Shared.Return(places);
        ArrayPool<byte>.Shared.Return(rented);
    }

    /// <summary>A row and all that follows it: vectors read a little beyond the row's end.</summary>
    private static ReadOnlySpan<byte> From(PixelView source, int y) => source.Pixels[(y * source.Width * PixelView.Channels)..];
}
