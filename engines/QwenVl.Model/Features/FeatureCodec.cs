using System.Buffers.Binary;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using QwenVl.Model.Vision;

namespace QwenVl.Model.Features;

/// <summary>Writes features into bytes and back, plane after plane, main rows first, so that a reader can begin before the taps have come.</summary>
public static class FeatureCodec
{
    /// <summary>Bytes of one plane.</summary>
    public static long PlaneBytes(FeatureEncoding encoding, int tokens, int width) => encoding switch
    {
        FeatureEncoding.Float16 => 2L * tokens * width,
        FeatureEncoding.Int8Row => (width + 2L) * tokens,
        _ => throw new ArgumentOutOfRangeException(nameof(encoding), encoding, "Not a feature encoding."),
    };

    /// <summary>Bytes of all planes.</summary>
    public static long TotalBytes(FeatureEncoding encoding, int tokens, int width, int taps) => (1 + taps) * PlaneBytes(encoding, tokens, width);

    /// <summary>Encodes all planes.</summary>
    public static byte[] Encode(ImageFeatures features, FeatureEncoding encoding)
    {
        ArgumentNullException.ThrowIfNull(features);
        var output = new byte[TotalBytes(encoding, features.Tokens, features.Width, features.TapCount)];
        int planeBytes = (int)PlaneBytes(encoding, features.Tokens, features.Width);
        for (int plane = 0; plane <= features.TapCount; plane++)
        {
            ReadOnlySpan<float> rows = plane == 0 ? features.Main : features.Tap(plane - 1);
            Span<byte> target = output.AsSpan(plane * planeBytes, planeBytes);
            if (encoding == FeatureEncoding.Float16) TensorPrimitives.ConvertToHalf(rows, MemoryMarshal.Cast<byte, Half>(target));
            else EncodeInt8(rows, features.Width, target);
        }

        return output;
    }

    /// <summary>Decodes all planes.</summary>
    /// <exception cref="ArgumentException"><paramref name="bytes"/> has another length than the shape says.</exception>
    public static ImageFeatures Decode(ReadOnlySpan<byte> bytes, FeatureEncoding encoding, ImageGrid grid, int width, int taps)
    {
        int planeBytes = (int)PlaneBytes(encoding, grid.Tokens, width), planeLength = grid.Tokens * width;
        if (bytes.Length != (1 + taps) * (long)planeBytes)
            throw new ArgumentException($"{bytes.Length} bytes of features where {(1 + taps) * (long)planeBytes} were expected.", nameof(bytes));
        var values = new float[(1 + taps) * planeLength];
        for (int plane = 0; plane <= taps; plane++)
        {
            ReadOnlySpan<byte> source = bytes.Slice(plane * planeBytes, planeBytes);
            Span<float> rows = values.AsSpan(plane * planeLength, planeLength);
            if (encoding == FeatureEncoding.Float16) TensorPrimitives.ConvertToSingle(MemoryMarshal.Cast<byte, Half>(source), rows);
            else DecodeInt8(source, width, rows);
        }

        return new ImageFeatures(grid, width, taps, values);
    }

    private static void EncodeInt8(ReadOnlySpan<float> rows, int width, Span<byte> output)
    {
        Span<sbyte> values = MemoryMarshal.Cast<byte, sbyte>(output[..rows.Length]);
        Span<byte> scales = output[rows.Length..];
        for (int row = 0; row * width < rows.Length; row++)
        {
            ReadOnlySpan<float> source = rows.Slice(row * width, width);
            var scale = (Half)(MathF.Abs(TensorPrimitives.MaxMagnitude(source)) / 127);
            BinaryPrimitives.WriteHalfLittleEndian(scales[(row * 2)..], scale);
            float inverse = (float)scale == 0 ? 0 : 1 / (float)scale;
            for (int i = 0; i < width; i++)
                values[row * width + i] = (sbyte)Math.Clamp(MathF.Round(source[i] * inverse), -127, 127);
        }
    }

    private static void DecodeInt8(ReadOnlySpan<byte> source, int width, Span<float> rows)
    {
        ReadOnlySpan<sbyte> values = MemoryMarshal.Cast<byte, sbyte>(source[..rows.Length]);
        for (int row = 0; row * width < rows.Length; row++)
        {
            float scale = (float)BinaryPrimitives.ReadHalfLittleEndian(source[(rows.Length + row * 2)..]);
            for (int i = row * width; i < (row + 1) * width; i++) rows[i] = values[i] * scale;
        }
    }
}
