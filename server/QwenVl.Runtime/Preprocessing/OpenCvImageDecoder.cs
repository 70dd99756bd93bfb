using System.Runtime.InteropServices;
using OpenCvSharp;
using QwenVl.Model.Vision;

namespace QwenVl.Runtime.Preprocessing;

/// <summary>Decodes with OpenCV. Its native library needs GTK 3 on Linux. Safe for concurrent use.</summary>
internal static class OpenCvImageDecoder
{
    /// <summary>Decodes a picture as it is stored, not turned; grey, CMYK and 16-bit pictures become 8-bit RGB, alpha is laid over white.</summary>
    /// <returns>The picture, or null where OpenCV cannot read it.</returns>
    public static RgbImage? Decode(ReadOnlySpan<byte> file, bool hasAlpha)
    {
        try
        {
            using Mat decoded = Cv2.ImDecode(file, hasAlpha ? ImreadModes.Unchanged : ImreadModes.Color | ImreadModes.IgnoreOrientation);
            if (decoded.Empty()) return null;
            if (decoded.Depth() == MatType.CV_16U) decoded.ConvertTo(decoded, MatType.CV_8U, 1 / 257.0);
            Cv2.CvtColor(decoded, decoded, decoded.Channels() switch
            {
                1 => ColorConversionCodes.GRAY2RGB,
                4 => ColorConversionCodes.BGRA2RGBA,
                _ => ColorConversionCodes.BGR2RGB,
            });
            byte[] pixels = Copy(decoded);
            return decoded.Channels() == 4 ? RgbImage.OverWhite(decoded.Cols, decoded.Rows, pixels) : new RgbImage(decoded.Cols, decoded.Rows, pixels);
        }
        catch (OpenCVException)
        {
            return null;
        }
    }

    private static byte[] Copy(Mat image)
    {
        int rows = image.Rows, stride = image.Cols * image.Channels();
        var pixels = new byte[stride * rows];
        for (int y = 0; y < rows; y++) Marshal.Copy(image.Ptr(y), pixels, y * stride, stride);
        return pixels;
    }
}
