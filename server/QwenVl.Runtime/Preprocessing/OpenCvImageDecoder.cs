using System.Runtime.InteropServices;
using OpenCvSharp;
using QwenVl.Model.Vision;
using QwenVl.Runtime.Errors;

namespace QwenVl.Runtime.Preprocessing;

/// <summary>Decodes with OpenCV. Its native library needs GTK 3 on Linux. Safe for concurrent use.</summary>
internal static class OpenCvImageDecoder
{
    /// <summary>Decodes a picture whose header was read: grey, CMYK and 16-bit pictures become 8-bit RGB, EXIF orientation is applied, alpha is laid over white.</summary>
    /// <exception cref="RequestException">The decoder cannot read it.</exception>
    public static RgbImage Decode(ReadOnlySpan<byte> file, ImageHeader header)
    {
        try
        {
            using Mat decoded = Cv2.ImDecode(file, header.HasAlpha ? ImreadModes.Unchanged : ImreadModes.Color);
            if (decoded.Empty()) throw Damaged(header);
            using Mat rgb = ToRgb(decoded);
            return Copy(rgb);
        }
        catch (OpenCVException)
        {
            throw Damaged(header);
        }
    }

    private static Mat ToRgb(Mat decoded)
    {
        using Mat bytes = decoded.Depth() == MatType.CV_16U ? new Mat() : decoded.Clone();
        if (decoded.Depth() == MatType.CV_16U) decoded.ConvertTo(bytes, MatType.CV_8U, 1 / 257.0);
        var rgb = new Mat();
        if (bytes.Channels() == 4) OverWhite(bytes, rgb);
        else Cv2.CvtColor(bytes, rgb, bytes.Channels() == 1 ? ColorConversionCodes.GRAY2RGB : ColorConversionCodes.BGR2RGB);
        return rgb;
    }

    private static unsafe void OverWhite(Mat bgra, Mat rgb)
    {
        int rows = bgra.Rows, columns = bgra.Cols;
        rgb.Create(rows, columns, MatType.CV_8UC3);
        for (int y = 0; y < rows; y++)
        {
            var source = new ReadOnlySpan<byte>((void*)bgra.Ptr(y), columns * 4);
            var target = new Span<byte>((void*)rgb.Ptr(y), columns * 3);
            for (int x = 0; x < columns; x++)
            {
                int alpha = source[x * 4 + 3];
                for (int channel = 0; channel < 3; channel++)
                    target[x * 3 + 2 - channel] = (byte)((source[x * 4 + channel] * alpha + 255 * (255 - alpha) + 127) / 255);
            }
        }
    }

    private static RgbImage Copy(Mat rgb)
    {
        int rows = rgb.Rows, columns = rgb.Cols, stride = columns * 3;
        var pixels = new byte[stride * rows];
        for (int y = 0; y < rows; y++) Marshal.Copy(rgb.Ptr(y), pixels, y * stride, stride);
        return new RgbImage(columns, rows, pixels);
    }

    public static RequestException Damaged(ImageHeader header) =>
        RequestException.Invalid(RequestReason.DamagedImage, $"The {header.Format} picture cannot be decoded. Encode it again as JPEG or PNG.");
}
