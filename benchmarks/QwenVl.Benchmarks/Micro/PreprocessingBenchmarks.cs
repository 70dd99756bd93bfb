using BenchmarkDotNet.Attributes;
using QwenVl.Benchmarks.Budgets;
using QwenVl.Model.Vision;

namespace QwenVl.Benchmarks.Micro;

/// <summary>Pixels to patch rows.</summary>
[MemoryDiagnoser]
public class PreprocessingBenchmarks
{
    private RgbImage _photo = null!;
    private RgbImage _fitting = null!;
    private byte[] _patches = null!;

    /// <summary>Draws noise: what is in a picture makes no difference.</summary>
    [GlobalSetup]
    public void SetUp()
    {
        _photo = Noise(1920, 1080);
        _fitting = Noise(512, 512);
        _patches = new byte[GridOf(SmartResize.Pixels1024).Patches * ImageGrid.PatchLength];
    }

    /// <summary>1920 x 1080 to the 512 budget: the patches, and nothing else.</summary>
    [Benchmark, AllocationBudget(3 * 672 * 384 + 1_024)]
    public object PhotoTo512() => ImagePreprocessor.Prepare(_photo, SmartResize.Pixels512);

    /// <summary>1920 x 1080 to the 1024 budget.</summary>
    [Benchmark, AllocationBudget(3 * 1344 * 768 + 1_024)]
    public object PhotoTo1024() => ImagePreprocessor.Prepare(_photo, SmartResize.Pixels1024);

    /// <summary>The same into memory that is there: nothing.</summary>
    [Benchmark, AllocationBudget(0)]
    public void PhotoIntoPatchesOf512() => Write(SmartResize.Pixels512);

    /// <summary>The same into memory that is there: nothing.</summary>
    [Benchmark, AllocationBudget(0)]
    public void PhotoIntoPatchesOf1024() => Write(SmartResize.Pixels1024);

    /// <summary>A picture that needs no resize: its patches and nothing else.</summary>
    [Benchmark, AllocationBudget(3 * 512 * 512 + 1_024)]
    public object FittingTo512() => ImagePreprocessor.Prepare(_fitting, SmartResize.Pixels512);

    private void Write(long maxPixels)
    {
        ImageGrid grid = GridOf(maxPixels);
        ImagePreprocessor.Write(_photo.View, grid, _patches.AsSpan(0, grid.Patches * ImageGrid.PatchLength));
    }

    private static ImageGrid GridOf(long maxPixels) => SmartResize.Fit(1080, 1920, SmartResize.DefaultMinPixels, maxPixels);

    private static RgbImage Noise(int width, int height)
    {
        var pixels = new byte[width * height * 3];
        new Random(1).NextBytes(pixels);
        return new RgbImage(width, height, pixels);
    }
}
