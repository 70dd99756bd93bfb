using BenchmarkDotNet.Attributes;
using QwenVl.Benchmarks.Budgets;
using QwenVl.Runtime.Preprocessing;
using QwenVl.Runtime.Preprocessing.Memory;

namespace QwenVl.Benchmarks.Micro;

/// <summary>A JPEG of 4000 x 3000 to pixels, with the library that loads here, whole and at fractions of its size. The pixels are not on the managed heap.</summary>
[MemoryDiagnoser]
public class DecodingBenchmarks : IDisposable
{
    private const int Width = 4000, Height = 3000;
    private const long ManagedBytes = 512;
    private readonly BufferPool _pool = new(Width * Height * 8L);
    private byte[] _file = null!;
    private ImageHeader _header;

    /// <summary>Draws the photo.</summary>
    [GlobalSetup]
    public void SetUp()
    {
        _file = PhotoFile.Create(Width, Height);
        _header = ImageHeader.Read(_file);
    }

    /// <summary>Every pixel.</summary>
    [Benchmark(Baseline = true), AllocationBudget(ManagedBytes)]
    public int Whole() => Decode(1);

    /// <summary>At a half.</summary>
    [Benchmark, AllocationBudget(ManagedBytes)]
    public int Half() => Decode(2);

    /// <summary>At a quarter.</summary>
    [Benchmark, AllocationBudget(ManagedBytes)]
    public int Quarter() => Decode(4);

    /// <summary>At an eighth.</summary>
    [Benchmark, AllocationBudget(ManagedBytes)]
    public int Eighth() => Decode(8);

    /// <inheritdoc/>
    [GlobalCleanup]
    public void Dispose()
    {
        _pool.Dispose();
        GC.SuppressFinalize(this);
    }

    private int Decode(int reduction)
    {
        using DecodedImage image = ImageDecoder.Decode(_file, _header, reduction, _pool);
        return image.Width;
    }
}
