using BenchmarkDotNet.Attributes;
using QwenVl.Model.Vision;
using QwenVl.Model.Vision.Resampling;

namespace QwenVl.Benchmarks.Micro;

/// <summary>What each width of vectors makes of a photo of 1920 x 1080 on its way to patches.</summary>
public class ResamplingBenchmarks
{
    private readonly byte[] _pixels = new byte[1920 * 1080 * PixelView.Channels];
    private readonly byte[] _patches = new byte[Large.Patches * ImageGrid.PatchLength];

    private static ImageGrid Small => SmartResize.Fit(1080, 1920, SmartResize.DefaultMinPixels, SmartResize.Pixels512);

    private static ImageGrid Large => SmartResize.Fit(1080, 1920, SmartResize.DefaultMinPixels, SmartResize.Pixels1024);

    /// <summary>Number of sums at a time, as <c>VectorWidth</c> names it.</summary>
    [ParamsSource(nameof(Supported))]
    public string Vectors { get; set; } = nameof(VectorWidth.Scalar);

    /// <summary>The widths of this machine.</summary>
    public static IEnumerable<string> Supported => Enum.GetValues<VectorWidth>().Where(VectorWidths.Supports).Select(width => width.ToString());

    /// <summary>Draws noise: what is in a picture makes no difference.</summary>
    [GlobalSetup]
    public void SetUp() => new Random(1).NextBytes(_pixels);

    /// <summary>To the 512 budget.</summary>
    [Benchmark]
    public void To512() => Write(Small);

    /// <summary>To the 1024 budget.</summary>
    [Benchmark]
    public void To1024() => Write(Large);

    private void Write(ImageGrid grid) =>
        ImagePreprocessor.Write(new PixelView(1920, 1080, _pixels), grid, _patches.AsSpan(0, grid.Patches * ImageGrid.PatchLength), Enum.Parse<VectorWidth>(Vectors));
}
