using BenchmarkDotNet.Attributes;
using Microsoft.Extensions.Options;
using QwenVl.Benchmarks.Budgets;
using QwenVl.Model.Vision;
using QwenVl.Runtime.Configuration;
using QwenVl.Runtime.Preprocessing;
using QwenVl.Runtime.Telemetry;

namespace QwenVl.Benchmarks.Micro;

/// <summary>JPEG files of 4000 x 3000 to patches of the 512 budget through the server's workers, many at a time: time is of one picture.</summary>
[MemoryDiagnoser]
public class PreparationBenchmarks : IDisposable
{
    private const int Width = 4000, Height = 3000, Pictures = 16;

    // Tasks, the job and the handles; what the workers themselves allocate is theirs to count.
    private const long ManagedBytes = 1_536;

    private readonly OwnMeters _meters = new();
    private ImagePreparation _preparation = null!;
    private EncodedImage _image = null!;
    private ImageGrid _grid;

    /// <summary>Pictures at a time.</summary>
    [Params(1, 2)]
    public int Workers { get; set; } = 1;

    /// <summary>Whether every pixel is decoded.</summary>
    [Params(false, true)]
    public bool Exact { get; set; }

    /// <summary>Draws the photo and starts the workers.</summary>
    [GlobalSetup]
    public void SetUp()
    {
        var options = new RuntimeOptions { PreprocessWorkers = Workers, ExactPreprocessing = Exact };
        _preparation = new ImagePreparation(Options.Create(options), new RuntimeMetrics(_meters), TimeProvider.System);
        _image = EncodedImage.Create(PhotoFile.Create(Width, Height), _preparation);
        _grid = SmartResize.Fit(Height, Width, SmartResize.DefaultMinPixels, SmartResize.Pixels512);
    }

    /// <summary>As many pictures at once as keep all workers busy.</summary>
    [Benchmark(OperationsPerInvoke = Pictures), AllocationBudget(Pictures * ManagedBytes)]
    public object Prepare()
    {
        Task<PreparedImage>[] pictures = [.. Enumerable.Range(0, Pictures).Select(_ => _preparation.PrepareAsync(_image, _grid, CancellationToken.None))];
#pragma warning disable VSTHRD002 // a benchmark waits, and allocations are counted on its own thread
        foreach (Task<PreparedImage> picture in pictures) picture.GetAwaiter().GetResult().Dispose();
#pragma warning restore VSTHRD002 // end of the exception
        return pictures;
    }

    /// <inheritdoc/>
    [GlobalCleanup]
    public void Dispose()
    {
        _preparation.Dispose();
        _meters.Dispose();
        GC.SuppressFinalize(this);
    }
}
