using System.Security.Cryptography;
using QwenVl.Benchmarks.Load.Pictures;
using QwenVl.Benchmarks.Load.Scenarios;
using SkiaSharp;

namespace QwenVl.Tests.Load.Pictures;

public sealed class PictureLibraryTests
{
    private readonly PictureLibrary _library = new(new PictureOptions([new PictureSize(96, 64, 1)], 2, 85, 0, 1), 1, "run");

    [Fact]
    public void Files_of_one_motif_have_equal_pixels_and_bytes_of_their_own()
    {
        PictureFile one = _library.Make(new PictureChoice(0, 0, 1)), two = _library.Make(new PictureChoice(0, 0, 2)), other = _library.Make(new PictureChoice(0, 1, 3));

        Assert.NotEqual(one.Sha256, two.Sha256);
        Assert.Equal(Pixels(one), Pixels(two));
        Assert.NotEqual(Pixels(one), Pixels(other));
        Assert.Equal(SHA256.HashData(one.Bytes), one.Sha256);
    }

    [Fact]
    public void A_serial_names_one_file_and_another_run_has_other_ones()
    {
        var choice = new PictureChoice(0, 1, 7);
        var later = new PictureLibrary(new PictureOptions([new PictureSize(96, 64, 1)], 2, 85, 0, 1), 1, "another run");

        Assert.Equal(_library.Make(choice).Bytes, _library.Make(choice with { IsRepeat = true }).Bytes);
        Assert.NotEqual(_library.Make(choice).Md5, later.Make(choice).Md5);
    }

    [Fact]
    public void A_picture_has_the_size_that_was_asked_for()
    {
        using SKBitmap bitmap = SKBitmap.Decode(_library.Make(new PictureChoice(0, 0, 0)).Bytes);

        Assert.Equal((96, 64), (bitmap.Width, bitmap.Height));
    }

    private static byte[] Pixels(PictureFile file)
    {
        using SKBitmap bitmap = SKBitmap.Decode(file.Bytes);
        return bitmap.Bytes;
    }
}
