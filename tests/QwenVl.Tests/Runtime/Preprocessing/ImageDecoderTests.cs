using QwenVl.Model.Vision;
using QwenVl.Runtime.Errors;
using QwenVl.Runtime.Preprocessing;
using QwenVl.Tests.Client.Fakes;
using SkiaSharp;

namespace QwenVl.Tests.Runtime.Preprocessing;

public sealed class ImageDecoderTests
{
    public static TheoryData<string> Kinds => ["jpeg", "png", "webp", "cmyk", "16 bit", "turned jpeg", "turned png", "alpha", "palette"];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Both_libraries_see_the_picture_that_the_header_tells_of(string kind)
    {
        byte[] file = FileOf(kind);
        ImageHeader header = ImageHeader.Read(file);
        RgbImage image = DecodedPictures.Decode(file), skia = DecodedPictures.DecodeWithSkia(file);

        Assert.Equal((header.UprightWidth, header.UprightHeight), (image.Width, image.Height));
        Assert.Equal((image.Width, image.Height), (skia.Width, skia.Height));
        double difference = image.Pixels.Zip(skia.Pixels, (left, right) => Math.Abs(left - right)).Average();
        Assert.True(difference < 3, $"{ImageDecoder.Library} and Skia differ by {difference:0.0} levels.");
    }

    [Fact]
    public void Four_inks_become_their_colour()
    {
        RgbImage image = DecodedPictures.Decode(PictureFiles.CmykJpeg());
        Assert.True(image.Pixels[0] > 200 && image.Pixels[1] < 60 && image.Pixels[2] < 60, $"{image.Pixels[0]} {image.Pixels[1]} {image.Pixels[2]}");
    }

    [Fact]
    public void Sixteen_bits_become_eight()
    {
        RgbImage image = DecodedPictures.Decode(PictureFiles.SixteenBit);
        Assert.Equal([200, 100, 50], image.Pixels[..3]);
    }

    [Fact]
    public void Transparency_is_laid_over_white()
    {
        byte[] file = FileOf("alpha");
        RgbImage image = DecodedPictures.Decode(file);
        Assert.Equal([255, 255, 255, 204, 224, 244], image.Pixels[..6]);
    }

    [Theory]
    [InlineData(1, 90, 70)]
    [InlineData(3, 90, 70)]
    [InlineData(6, 70, 90)]
    [InlineData(8, 70, 90)]
    public void An_orientation_turns_header_and_pixels_alike(byte orientation, int width, int height)
    {
        byte[] file = PictureFiles.TurnedJpeg(orientation);
        RgbImage image = DecodedPictures.Decode(file), upright = DecodedPictures.Decode(PictureFiles.Jpeg);
        Assert.Equal((width, height), (image.Width, image.Height));
        Assert.Equal(Upright.Turn(upright, orientation).Pixels, image.Pixels);
    }

    [Fact]
    public void Pixels_that_end_early_are_damage()
    {
        byte[] file = PictureFiles.DamagedPng;
        Assert.Equal(RequestReason.DamagedImage, Assert.Throws<RequestException>(() => DecodedPictures.Decode(file)).Reason);
    }

    [Fact]
    public void A_picture_of_another_size_than_its_header_told_is_damage()
    {
        ImageHeader lying = ImageHeader.Read(PictureFiles.Good) with { Width = 5 };
        Assert.Equal(RequestReason.DamagedImage, Assert.Throws<RequestException>(() => DecodedPictures.Decode(PictureFiles.Good, lying)).Reason);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(4)]
    [InlineData(8)]
    public void A_reduced_jpeg_has_the_size_that_the_header_leads_one_to_expect_with_both_libraries(int reduction)
    {
        byte[] file = PictureFiles.TurnedJpeg();
        RgbImage image = DecodedPictures.Decode(file, reduction), skia = DecodedPictures.DecodeWithSkia(file, reduction);
        int width = (TestPictures.Height + reduction - 1) / reduction, height = (TestPictures.Width + reduction - 1) / reduction;
        Assert.Equal((width, height), (image.Width, image.Height));
        Assert.Equal((width, height), (skia.Width, skia.Height));
        double difference = image.Pixels.Zip(skia.Pixels, (left, right) => Math.Abs(left - right)).Average();
        Assert.True(difference < 3, $"{ImageDecoder.Library} and Skia differ by {difference:0.0} levels.");
    }

    private static byte[] FileOf(string kind)
    {
        switch (kind)
        {
            case "jpeg": return PictureFiles.Jpeg;
            case "png": return PictureFiles.Good;
            case "webp": return PictureFiles.WebP;
            case "cmyk": return PictureFiles.CmykJpeg();
            case "16 bit": return PictureFiles.SixteenBit;
            case "turned jpeg": return PictureFiles.TurnedJpeg();
            case "turned png": return PictureFiles.TurnedPng();
            case "palette": return Convert.FromBase64String(TransparentPalette);
            default:
                using (var bitmap = new SKBitmap(new SKImageInfo(2, 1, SKColorType.Rgba8888, SKAlphaType.Unpremul)))
                {
                    bitmap.SetPixel(0, 0, new SKColor(10, 20, 30, 0));
                    bitmap.SetPixel(1, 0, new SKColor(0, 100, 200, 51));
                    return TestPictures.Encode(bitmap, SKEncodedImageFormat.Png);
                }
        }
    }

    // One pixel of a palette of one colour, half transparent.
    private const string TransparentPalette = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAMAAAAoyzS7AAAAA1BMVEUKyB5TwdgpAAAAAXRSTlOArV5bRgAAAApJREFUeJxjYAAAAAIAAUivpHEAAAAASUVORK5CYII=";
}
