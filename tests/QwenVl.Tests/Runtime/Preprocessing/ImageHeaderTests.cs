using Microsoft.Extensions.Options;
using QwenVl.Runtime.Configuration;
using QwenVl.Runtime.Errors;
using QwenVl.Runtime.Preprocessing;

namespace QwenVl.Tests.Runtime.Preprocessing;

public sealed class ImageHeaderTests
{
    [Fact]
    public void Sizes_are_read_without_decoding()
    {
        Assert.Equal((ImageFormat.Jpeg, 90, 70), Read(PictureFiles.Jpeg));
        Assert.Equal((ImageFormat.Png, 90, 70), Read(PictureFiles.Good));
        Assert.Equal((ImageFormat.WebP, 90, 70), Read(PictureFiles.WebP));
        Assert.Equal((ImageFormat.Png, 20_000, 20_000), Read(PictureFiles.Huge));
    }

    [Fact]
    public void Exif_orientation_exchanges_the_sides()
    {
        Assert.Equal((70, 90), ImageHeader.Read(PictureFiles.TurnedJpeg()) is var jpeg ? (jpeg.UprightWidth, jpeg.UprightHeight) : default);
        Assert.Equal((30, 40), ImageHeader.Read(PictureFiles.TurnedPng()) is var png ? (png.UprightWidth, png.UprightHeight) : default);
        Assert.Equal((40, 30), ImageHeader.Read(PictureFiles.TurnedPng(orientation: 77)) is var odd ? (odd.UprightWidth, odd.UprightHeight) : default);
    }

    [Fact]
    public void Any_prefix_of_a_picture_is_refused_and_nothing_else_happens()
    {
        foreach (byte[] file in (byte[][])[PictureFiles.Jpeg, PictureFiles.Good, PictureFiles.WebP, PictureFiles.TurnedJpeg(), PictureFiles.CmykJpeg()])
            for (int length = 0; length < file.Length; length += length < 64 ? 1 : 37)
            {
                byte[] prefix = file[..length];
                Assert.Throws<RequestException>(() => ImageHeader.Read(prefix));
            }
    }

    [Fact]
    public void Any_flipped_byte_leaves_a_picture_or_a_refusal()
    {
        foreach (byte[] file in (byte[][])[PictureFiles.TurnedJpeg(), PictureFiles.TurnedPng(), PictureFiles.WebP])
            for (int at = 0; at < Math.Min(file.Length, 300); at++)
            {
                byte[] damaged = [.. file];
                damaged[at] ^= 0xff;
                Exception? error = Record.Exception(() => ImageHeader.Read(damaged));
                Assert.True(error is null or RequestException, $"Byte {at}: {error}");
            }
    }

    [Theory]
    [InlineData(uint.MaxValue, uint.MaxValue)]
    [InlineData(1u << 31, 1u << 31)]
    [InlineData(100_000_001, 1)]
    [InlineData(10_001, 10_000)]
    public void A_size_that_overflows_or_is_over_the_limit_is_too_large(uint width, uint height)
    {
        byte[] file = PictureFiles.Png(1, 1);
        System.Buffers.Binary.BinaryPrimitives.WriteUInt32BigEndian(file.AsSpan(16), width);
        System.Buffers.Binary.BinaryPrimitives.WriteUInt32BigEndian(file.AsSpan(20), height);
        using var metrics = new TestMetrics();
        using var preparation = new ImagePreparation(Options.Create(new RuntimeOptions()), metrics.Runtime, TimeProvider.System);
        Assert.Equal(RequestReason.ImageTooLarge, Assert.Throws<RequestException>(() => preparation.Check(file)).Reason);
    }

    [Fact]
    public void What_costs_a_decoder_more_memory_is_seen()
    {
        Assert.True(ImageHeader.Read(PictureFiles.SixteenBit).IsDeep);
        Assert.False(ImageHeader.Read(PictureFiles.Good).IsDeep);
        byte[] file = [.. PictureFiles.Jpeg];
        Assert.False(ImageHeader.Read(file).IsProgressive);
        file[file.AsSpan().IndexOf((ReadOnlySpan<byte>)[0xff, 0xc0]) + 1] = 0xc2;
        Assert.True(ImageHeader.Read(file).IsProgressive);
    }

    private static (ImageFormat Format, long Width, long Height) Read(byte[] file) => ImageHeader.Read(file) is var header ? (header.Format, header.Width, header.Height) : default;
}
