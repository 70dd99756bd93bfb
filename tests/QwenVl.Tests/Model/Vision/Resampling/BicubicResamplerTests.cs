using FsCheck.Xunit;
using QwenVl.Model.Vision;
using QwenVl.Model.Vision.Resampling;

namespace QwenVl.Tests.Model.Vision.Resampling;

public sealed class BicubicResamplerTests
{
    private static readonly VectorWidth[] Widths = [.. Enum.GetValues<VectorWidth>().Where(VectorWidths.Supports)];

    [Property(MaxTest = 150)]
    public void Any_size_to_any_size_is_the_reference_on_every_width(int seed)
    {
        var random = new Random(seed);
        RgbImage image = Picture(random, random.Next(1, 300), random.Next(1, 200));
        // Sides that stay are as common as sides that grow or shrink.
        int width = random.Next(3) == 0 ? image.Width : random.Next(1, 260), height = random.Next(3) == 0 ? image.Height : random.Next(1, 180);
        byte[] expected = ReferenceResampler.Resize(image, width, height);
        foreach (VectorWidth vectors in Widths)
            Assert.True(expected.AsSpan().SequenceEqual(BicubicResampler.Resize(image, width, height, vectors).Pixels.AsSpan(0, expected.Length)), $"{vectors}: {image.Width} x {image.Height} to {width} x {height}");
    }

    [Property(MaxTest = 60)]
    public void Patches_written_at_once_are_those_of_the_resized_picture(int seed, bool isBgr)
    {
        var random = new Random(seed);
        var grid = new ImageGrid(2 * random.Next(1, 5), 2 * random.Next(1, 5));
        RgbImage image = Picture(random, random.Next(3) == 0 ? grid.PixelWidth : random.Next(1, 400), random.Next(3) == 0 ? grid.PixelHeight : random.Next(1, 300));
        byte[] expected = ReferenceResampler.Patches(new RgbImage(grid.PixelWidth, grid.PixelHeight, ReferenceResampler.Resize(image, grid.PixelWidth, grid.PixelHeight)), grid);
        byte[] stored = isBgr ? Swapped(image) : image.Pixels;
        foreach (VectorWidth vectors in Widths)
        {
            var patches = new byte[expected.Length];
            ImagePreprocessor.Write(new PixelView(image.Width, image.Height, stored, isBgr), grid, patches, vectors);
            Assert.True(expected.AsSpan().SequenceEqual(patches), $"{vectors}: {image.Width} x {image.Height} to {grid}");
        }
    }

    [Theory]
    [InlineData(4000, 3, 32, 3)]
    [InlineData(3, 4000, 3, 32)]
    [InlineData(1, 1, 64, 64)]
    [InlineData(5000, 40, 7, 33)]
    public void Extreme_ratios_are_the_reference(int fromWidth, int fromHeight, int width, int height)
    {
        // Only black and white: the kernel's overshoot goes furthest there.
        RgbImage image = Picture(new Random(1), fromWidth, fromHeight);
        byte[] expected = ReferenceResampler.Resize(image, width, height);
        Assert.All(Widths, vectors => Assert.Equal(expected, BicubicResampler.Resize(image, width, height, vectors).Pixels));
    }

    [Fact]
    public void A_picture_of_the_right_size_is_cut_without_being_computed()
    {
        var grid = new ImageGrid(4, 6);
        RgbImage image = Picture(new Random(2), grid.PixelWidth, grid.PixelHeight);
        var patches = new byte[grid.Patches * ImageGrid.PatchLength];
        PatchLayout.Write(image.Pixels.AsSpan(0, patches.Length), grid, patches);
        Assert.Equal(ReferenceResampler.Patches(image, grid), patches);
    }

    [Fact]
    public void Weights_are_kept_up_to_a_number_of_bytes()
    {
        var cache = new ResamplingWeightCache(200_000);
        ResamplingWeights first = cache.Get(1000, 512);
        Assert.Same(first, cache.Get(1000, 512));
        for (int from = 600; from < 900; from++)
        {
            cache.Get(from, 512);
            Assert.InRange(cache.Bytes, 1, 200_000);
        }

        Assert.NotSame(first, cache.Get(1000, 512));
        long held = cache.Bytes;
        cache.Get(100_000, 512);
        Assert.Equal(held, cache.Bytes);
    }

    /// <summary>Noise, in half of the pictures of black and white alone; its memory is exactly as long as it has to be.</summary>
    private static RgbImage Picture(Random random, int width, int height)
    {
        var pixels = new byte[width * height * 3];
        random.NextBytes(pixels);
        if (random.Next(2) == 0)
            for (int i = 0; i < pixels.Length; i++) pixels[i] = pixels[i] < 128 ? byte.MinValue : byte.MaxValue;
        return new RgbImage(width, height, pixels);
    }

    private static byte[] Swapped(RgbImage image)
    {
        byte[] pixels = [.. image.Pixels];
        for (int i = 0; i < pixels.Length; i += 3) (pixels[i], pixels[i + 2]) = (pixels[i + 2], pixels[i]);
        return pixels;
    }
}
