using QwenVl.Client;
using QwenVl.Client.Images;
using QwenVl.Model.Vision;
using QwenVl.Tests.Client.Fakes;
using SkiaSharp;

namespace QwenVl.Tests.Client.Images;

public sealed class ImageDecoderTests
{
    [Fact]
    public void Transparency_is_put_on_white()
    {
        using var bitmap = new SKBitmap(new SKImageInfo(2, 1, SKColorType.Rgba8888, SKAlphaType.Unpremul));
        bitmap.SetPixel(0, 0, new SKColor(10, 20, 30, 0));
        bitmap.SetPixel(1, 0, new SKColor(0, 100, 200, 51));

        RgbImage image = ImageDecoder.Decode(ClientImage.FromBytes(TestPictures.Encode(bitmap, SKEncodedImageFormat.Png)), 100);

        Assert.Equal([255, 255, 255, 204, 224, 244], image.Pixels[..6]);
    }

    [Theory]
    [InlineData(1, 0, 0, false)]
    [InlineData(2, 89, 0, false)]
    [InlineData(3, 89, 69, false)]
    [InlineData(4, 0, 69, false)]
    [InlineData(5, 0, 0, true)]
    [InlineData(6, 0, 69, true)]
    [InlineData(7, 89, 69, true)]
    [InlineData(8, 89, 0, true)]
    public void The_corner_at_the_top_left_is_where_the_orientation_says(int orientation, int x, int y, bool transposed)
    {
        var pixels = new byte[TestPictures.Width * TestPictures.Height * 3];
        pixels[(y * TestPictures.Width + x) * 3] = 200;

        RgbImage image = Upright.Turn(new RgbImage(TestPictures.Width, TestPictures.Height, pixels), orientation);

        Assert.Equal(200, image.Pixels[0]);
        Assert.Equal(transposed ? TestPictures.Height : TestPictures.Width, image.Width);
    }

    [Fact]
    public void An_orientation_in_the_file_is_obeyed()
    {
        using SKBitmap bitmap = TestPictures.Draw();
        byte[] jpeg = TestPictures.Encode(bitmap, SKEncodedImageFormat.Jpeg);
        // An APP1 segment after the start of the image: one little-endian TIFF entry, orientation 6.
        byte[] exif = [0xff, 0xe1, 0, 34, .. "Exif\0\0"u8, .. "II*\0"u8, 8, 0, 0, 0, 1, 0, 0x12, 1, 3, 0, 1, 0, 0, 0, 6, 0, 0, 0, 0, 0, 0, 0];

        RgbImage image = ImageDecoder.Decode(ClientImage.FromBytes((byte[])[.. jpeg[..2], .. exif, .. jpeg[2..]]), 10_000);

        Assert.Equal((TestPictures.Height, TestPictures.Width), (image.Width, image.Height));
    }

    [Fact]
    public void What_cannot_be_read_is_refused_with_its_code()
    {
        using SKBitmap bitmap = TestPictures.Draw();
        byte[] jpeg = TestPictures.Encode(bitmap, SKEncodedImageFormat.Jpeg);

        Assert.Equal(QwenVlErrorCode.ImageUnreadable, Refusal("no picture at all, just text"u8.ToArray()));
        Assert.Equal(QwenVlErrorCode.ImageUnreadable, Refusal(jpeg[..(jpeg.Length / 2)]));
        Assert.Equal(QwenVlErrorCode.ImageTooLarge, Refusal(jpeg, maxPixels: 100));
        Assert.Equal(QwenVlErrorCode.ImageUnreadable, Assert.Throws<QwenVlException>(() => ClientImage.FromBytes(default)).Code);
    }

    private static QwenVlErrorCode Refusal(byte[] bytes, long maxPixels = 1_000_000) =>
        Assert.Throws<QwenVlException>(() => ImageDecoder.Decode(ClientImage.FromBytes(bytes), maxPixels)).Code;
}
