using System.Numerics.Tensors;
using QwenVl.Engines.Building;
using QwenVl.Model.Checkpoints;
using QwenVl.Model.Manifest;
using QwenVl.Model.Vision;
using QwenVl.OnnxRuntime;
using QwenVl.OnnxRuntime.Vision;
using QwenVl.Runtime.Preprocessing;
using QwenVl.Tests.Infrastructure;

namespace QwenVl.Tests.Runtime.Preprocessing;

/// <summary>How far pictures that are decoded at a fraction of their size are from those of which every pixel is decoded.</summary>
public sealed class ScaledDecodeTests(ITestOutputHelper output) : IDisposable
{
    // Rows of features of the embedded tower, each against the exact one.
    private const double LeastCosine = 0.999, LeastMeanCosine = 0.9999;
    private const double MostMeanLevels = 0.6;

    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string> Pictures => ["00001.jpg", "00005.jpg", "00008.jpg", "00009.jpg", "drawn 1", "drawn 2"];

    [Theory]
    [MemberData(nameof(Pictures))]
    public void Features_of_a_scaled_decode_are_near_those_of_every_pixel(string name)
    {
        byte[] file = FileOf(name, quality: 92);
        ImageHeader header = ImageHeader.Read(file);
        ImageGrid grid = SmartResize.Fit((int)header.Height, (int)header.Width, SmartResize.DefaultMinPixels, SmartResize.Pixels512);
        int reduction = PreparationPlan.Create(header, grid, isExact: false).Reduction;
        Assert.True(reduction > 1);

        byte[] exact = Resized(file, grid, 1), scaled = Resized(file, grid, reduction), saved = Resized(FileOf(name, quality: 85), grid, 1);
        using OnnxVisionEncoder tower = Tower();
        ImageFeatures expected = Encode(tower, grid, exact);
        double levels = exact.Zip(scaled, (left, right) => Math.Abs(left - right)).Average();
        (double mean, double least) = Cosines(expected, Encode(tower, grid, scaled));
        (double savedMean, double savedLeast) = Cosines(expected, Encode(tower, grid, saved));
        output.WriteLine(FormattableString.Invariant($"{name}: {header.Width} x {header.Height} at 1/{reduction} to {grid}: {levels:0.00} levels apart, ")
            + FormattableString.Invariant($"cosine of a token's features {mean:0.00000} in the mean, {least:0.0000} at least; saved at quality 85 instead of 92: {savedMean:0.00000}, {savedLeast:0.0000}"));

        Assert.InRange(levels, 0, MostMeanLevels);
        Assert.InRange(mean, LeastMeanCosine, 1.00001);
        Assert.InRange(least, LeastCosine, 1.00001);
    }

    public void Dispose() => _folder.Dispose();

    private OnnxVisionEncoder Tower()
    {
        using Checkpoint checkpoint = Checkpoint.Open(RepositoryFolder.File("engines", "nano", "device"));
        var options = new EngineBuildOptions { Dialect = EngineDialect.OnnxRuntime, VisionWeights = WeightFormat.Float32, DecoderWeights = WeightFormat.Float32 };
        EngineBuilder.Build(checkpoint, new CheckpointFingerprint("m", "t"), options, _folder.File("engine"));
        return OnnxVisionEncoder.Load(EngineDirectory.Open(_folder.File("engine")), new OnnxRuntimeOptions());
    }

    private static byte[] FileOf(string name, int quality)
    {
        const int Times = 10, Width = 6000, Height = 4500;
        return name.StartsWith("drawn", StringComparison.Ordinal)
            ? LargePictures.Drawn(Width, Height, name[^1], quality)
            : LargePictures.Enlarged(File.ReadAllBytes(RepositoryFolder.File("engines", "nano", "pictures", name)), Times, quality);
    }

    private static byte[] Resized(byte[] file, ImageGrid grid, int reduction)
    {
        var patches = new byte[grid.Patches * ImageGrid.PatchLength];
        ImagePreprocessor.Write(DecodedPictures.Decode(file, reduction).View, grid, patches);
        return patches;
    }

    private static ImageFeatures Encode(OnnxVisionEncoder tower, ImageGrid grid, byte[] patches) => tower.Encode([new ImagePatches(grid, patches)])[0];

    private static (double Mean, double Least) Cosines(ImageFeatures expected, ImageFeatures actual)
    {
        double[] cosines = [.. Enumerable.Range(0, expected.Tokens).Select(row => (double)TensorPrimitives.CosineSimilarity(
            expected.Main.Slice(row * expected.Width, expected.Width), actual.Main.Slice(row * actual.Width, actual.Width)))];
        return (cosines.Average(), cosines.Min());
    }
}
