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

    /// <summary>Draws noise: what is in a picture makes no difference.</summary>
    [GlobalSetup]
    public void SetUp()
    {
        _photo = Noise(1920, 1080);
        _fitting = Noise(512, 512);
    }

    /// <summary>1920 x 1080 to the 512 budget: the patches, the resized picture, and one intermediate.</summary>
    [Benchmark, AllocationBudget(3_200_000)]
    public object PhotoTo512() => ImagePreprocessor.Prepare(_photo, SmartResize.Pixels512);

    /// <summary>1920 x 1080 to the 1024 budget.</summary>
    [Benchmark, AllocationBudget(10_800_000)]
    public object PhotoTo1024() => ImagePreprocessor.Prepare(_photo, SmartResize.Pixels1024);

    /// <summary>A picture that needs no resize: its patches and nothing else.</summary>
    [Benchmark, AllocationBudget(3 * 512 * 512 + 1_024)]
    public object FittingTo512() => ImagePreprocessor.Prepare(_fitting, SmartResize.Pixels512);

    private static RgbImage Noise(int width, int height)
    {
        var pixels = new byte[width * height * 3];
        new Random(1).NextBytes(pixels);
        return new RgbImage(width, height, pixels);
    }
}
