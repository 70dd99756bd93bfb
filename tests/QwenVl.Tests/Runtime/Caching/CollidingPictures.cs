using QwenVl.Tests.Client.Fakes;
using SkiaSharp;

namespace QwenVl.Tests.Runtime.Caching;

/// <summary>Two JPEG files of one length and one MD5 that are not the same: a comment in each holds one half of a collision.</summary>
internal static class CollidingPictures
{
    // A collision holds for what precedes it, to the byte: the comment's head fills the first block of MD5.
    private static readonly byte[] Head = [0xff, 0xd8, 0xff, 0xfe, 0, 188, .. System.Text.Encoding.ASCII.GetBytes("Two pictures, one MD5.".PadRight(58))];

    private static readonly byte[] Tail = Jpeg()[2..];

    /// <summary>The one.</summary>
    public static byte[] One { get; } =
    [
        .. Head,
        .. Convert.FromHexString(
            "fdd7f7e3ec8aec53c77a3ac859fc3f2dca8abd8bfc48146319aa8375ceb1bc8899fdeee5da602a61eb1bc30131de0893c32caf4542f9733e56259f6b5562903a" +
            "cdb4b0fe117ee9daa7dacf01f18099fcaa1c8163192636e2c91a7e3bec070264f045a699f64fe8ff68883cef4790c6ac6747717e126c98aba2a1625dfbbf52a7"),
        .. Tail,
    ];

    /// <summary>The other.</summary>
    public static byte[] Other { get; } =
    [
        .. Head,
        .. Convert.FromHexString(
            "fdd7f7e3ec8aec53c77a3ac859fc3f2dca8abd0bfc48146319aa8375ceb1bc8899fdeee5da602a61eb1bc301315e0993c32caf4542f9733e56259feb5562903a" +
            "cdb4b0fe117ee9daa7dacf01f18099fcaa1c81e3192636e2c91a7e3bec070264f045a699f64fe8ff68883cef4710c6ac6747717e126c98aba2a162ddfbbf52a7"),
        .. Tail,
    ];

    private static byte[] Jpeg()
    {
        using SKBitmap bitmap = TestPictures.Draw();
        return TestPictures.Encode(bitmap, SKEncodedImageFormat.Jpeg);
    }
}
