using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using QwenVl.Model.Vision;

namespace QwenVl.Model.Features;

/// <summary>Writes features into bytes and back, a stripe of rows at a time or all at once; <see cref="FeatureLayout"/> says where each is.</summary>
public static class FeatureCodec
{
    /// <summary>Encodes all stripes.</summary>
    public static byte[] Encode(ImageFeatures features, FeatureEncoding encoding, int stripeRows = FeatureLayout.DefaultStripeRows)
    {
        ArgumentNullException.ThrowIfNull(features);
        var layout = new FeatureLayout(encoding, features.Tokens, features.Width, features.TapCount, stripeRows);
        var output = new byte[layout.TotalBytes];
        for (int stripe = 0; stripe < layout.Stripes; stripe++)
            EncodeStripe(features, layout, stripe, output.AsSpan((int)layout.OffsetOf(stripe), (int)layout.BytesOf(stripe)));
        return output;
    }

    /// <summary>Encodes one stripe.</summary>
    /// <param name="features">Of the layout's shape.</param>
    /// <param name="layout">How.</param>
    /// <param name="stripe">Which one.</param>
    /// <param name="output">As many bytes as the stripe has.</param>
    public static void EncodeStripe(ImageFeatures features, FeatureLayout layout, int stripe, Span<byte> output)
    {
        ArgumentNullException.ThrowIfNull(features);
        ArgumentNullException.ThrowIfNull(layout);
        int from = layout.FirstRow(stripe) * layout.Width, length = layout.RowsOf(stripe) * layout.Width, planeBytes = (int)(layout.RowsOf(stripe) * layout.RowBytes);
        for (int plane = 0; plane <= layout.Taps; plane++)
        {
            ReadOnlySpan<float> rows = (plane == 0 ? features.Main : features.Tap(plane - 1)).Slice(from, length);
            Span<byte> target = output.Slice(plane * planeBytes, planeBytes);
            switch (layout.Encoding)
            {
                case FeatureEncoding.Float16: TensorPrimitives.ConvertToHalf(rows, MemoryMarshal.Cast<byte, Half>(target)); break;
                case FeatureEncoding.Int8Row: Int8Rows.Encode(rows, layout.Width, target); break;
                default: Int4Groups.Encode(rows, layout.Width, target); break;
            }
        }
    }

    /// <summary>Decodes all stripes.</summary>
    /// <exception cref="ArgumentException"><paramref name="bytes"/> has another length than the shape says.</exception>
    public static ImageFeatures Decode(ReadOnlySpan<byte> bytes, FeatureEncoding encoding, ImageGrid grid, int width, int taps, int stripeRows = FeatureLayout.DefaultStripeRows)
    {
        var layout = new FeatureLayout(encoding, grid.Tokens, width, taps, stripeRows);
        if (bytes.Length != layout.TotalBytes) throw new ArgumentException($"{bytes.Length} bytes of features where {layout.TotalBytes} were expected.", nameof(bytes));
        var values = new float[(1 + taps) * grid.Tokens * width];
        for (int stripe = 0; stripe < layout.Stripes; stripe++)
            DecodeStripe(bytes.Slice((int)layout.OffsetOf(stripe), (int)layout.BytesOf(stripe)), layout, stripe, values, 0, grid.Tokens);
        return new ImageFeatures(grid, width, taps, values);
    }

    /// <summary>Decodes one stripe into planes of rows.</summary>
    /// <param name="bytes">The stripe's.</param>
    /// <param name="layout">How it was encoded.</param>
    /// <param name="stripe">Which one.</param>
    /// <param name="values">[1 + taps, <paramref name="planeRows"/>, width].</param>
    /// <param name="firstRow">Where the picture's first row belongs in each plane.</param>
    /// <param name="planeRows">Rows of a plane, at least <paramref name="firstRow"/> and the picture's.</param>
    public static void DecodeStripe(ReadOnlySpan<byte> bytes, FeatureLayout layout, int stripe, Span<float> values, int firstRow, int planeRows)
    {
        ArgumentNullException.ThrowIfNull(layout);
        int rowsOf = layout.RowsOf(stripe), planeBytes = (int)(rowsOf * layout.RowBytes);
        for (int plane = 0; plane <= layout.Taps; plane++)
        {
            ReadOnlySpan<byte> source = bytes.Slice(plane * planeBytes, planeBytes);
            Span<float> rows = values.Slice((plane * planeRows + firstRow + layout.FirstRow(stripe)) * layout.Width, rowsOf * layout.Width);
            switch (layout.Encoding)
            {
                case FeatureEncoding.Float16: TensorPrimitives.ConvertToSingle(MemoryMarshal.Cast<byte, Half>(source), rows); break;
                case FeatureEncoding.Int8Row: Int8Rows.Decode(source, layout.Width, rows); break;
                default: Int4Groups.Decode(source, layout.Width, rows); break;
            }
        }
    }
}
