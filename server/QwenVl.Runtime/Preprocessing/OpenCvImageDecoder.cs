using OpenCvSharp;
using QwenVl.Model.Vision;

namespace QwenVl.Runtime.Preprocessing;

/// <summary>Decodes with OpenCV. Its native library needs GTK 3 on Linux. Safe for concurrent use.</summary>
internal static unsafe class OpenCvImageDecoder
{
    /// <summary>Decodes a picture and turns it upright; grey, CMYK and 16-bit pictures become 8-bit, alpha is laid over white.</summary>
    /// <param name="file">The encoded picture.</param>
    /// <param name="header">What it says of itself.</param>
    /// <param name="reduction">The divisor of both sides: 1, or 2, 4 or 8 where the format is JPEG.</param>
    /// <returns>The picture, which the caller disposes; null where OpenCV cannot read it or sees another size than the header tells.</returns>
    public static DecodedImage? Decode(ReadOnlySpan<byte> file, ImageHeader header, int reduction)
    {
        Mat? decoded = null;
        try
        {
            decoded = Cv2.ImDecode(file, Mode(header, reduction));
            // The prompt was made for the header's size: a decoder that sees another picture would not fit it.
            if (decoded.Empty() || decoded.Cols != header.ReducedWidth(reduction) || decoded.Rows != header.ReducedHeight(reduction)) return null;
            if (decoded.Depth() == MatType.CV_16U) decoded.ConvertTo(decoded, MatType.CV_8U, 1 / 257.0);
            if (decoded.Channels() == 1) Cv2.CvtColor(decoded, decoded, ColorConversionCodes.GRAY2BGR);
            Turn(ref decoded, header.Orientation);
            if (!decoded.IsContinuous()) decoded = Replace(decoded, decoded.Clone());
            if (decoded.Channels() == PixelView.Channels + 1)
            {
                var pixels = new Span<byte>(decoded.DataPointer, checked(decoded.Cols * decoded.Rows * (PixelView.Channels + 1)));
                RgbImage.LayOverWhite(pixels, pixels);
            }

            var image = new OpenCvImage(decoded);
            decoded = null;
            return image;
        }
        catch (OpenCVException)
        {
            return null;
        }
        finally
        {
            decoded?.Dispose();
        }
    }

    private static ImreadModes Mode(ImageHeader header, int reduction) => header.HasAlpha ? ImreadModes.Unchanged : ImreadModes.IgnoreOrientation | reduction switch
    {
        2 => ImreadModes.ReducedColor2,
        4 => ImreadModes.ReducedColor4,
        8 => ImreadModes.ReducedColor8,
        _ => ImreadModes.Color,
    };

    private static void Turn(ref Mat image, int orientation)
    {
        if (Upright.IsTransposed(orientation))
        {
            var transposed = new Mat();
            Cv2.Transpose(image, transposed);
            image = Replace(image, transposed);
        }

        bool across = Upright.IsMirroredAcross(orientation), down = Upright.IsMirroredDown(orientation);
        if (across || down) Cv2.Flip(image, image, across && down ? FlipMode.XY : across ? FlipMode.Y : FlipMode.X);
    }

    private static Mat Replace(Mat old, Mat by)
    {
        old.Dispose();
        return by;
    }
}
