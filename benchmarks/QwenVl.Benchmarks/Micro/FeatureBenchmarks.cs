using BenchmarkDotNet.Attributes;
using QwenVl.Benchmarks.Budgets;
using QwenVl.Model.Features;
using QwenVl.Model.Vision;

namespace QwenVl.Benchmarks.Micro;

/// <summary>Features of the 2B shape at 512 x 512 on their way over the network: 256 rows of 2,048 with three taps.</summary>
[MemoryDiagnoser]
public class FeatureBenchmarks
{
    private const int Width = 2048, Taps = 3, ChunkBytes = 256 * 1024;
    private static readonly ImageGrid Grid = new(32, 32);
    private ImageFeatures _features = null!;
    private FeatureProjection _projection = null!;
    private byte[] _float16 = null!;
    private byte[] _int8 = null!;
    private byte[] _int4 = null!;
    private readonly float[] _vector = new float[FeatureProjection.Length];

    /// <summary>Draws features.</summary>
    [GlobalSetup]
    public void SetUp()
    {
        var random = new Random(1);
        var values = new float[(1 + Taps) * Grid.Tokens * Width];
        for (int i = 0; i < values.Length; i++) values[i] = random.NextSingle() * 4 - 2;
        _features = new ImageFeatures(Grid, Width, Taps, values);
        _projection = new FeatureProjection(Width);
        _float16 = FeatureCodec.Encode(_features, FeatureEncoding.Float16);
        _int8 = FeatureCodec.Encode(_features, FeatureEncoding.Int8Row);
        _int4 = FeatureCodec.Encode(_features, FeatureEncoding.Int4Group);
    }

    /// <summary>To halves: the bytes and nothing else.</summary>
    [Benchmark, AllocationBudget((1 + Taps) * 256 * Width * 2 + 1_024)]
    public object EncodeFloat16() => FeatureCodec.Encode(_features, FeatureEncoding.Float16);

    /// <summary>To bytes with a scale a row.</summary>
    [Benchmark, AllocationBudget((1 + Taps) * 256 * (Width + 2) + 16_384)]
    public object EncodeInt8() => FeatureCodec.Encode(_features, FeatureEncoding.Int8Row);

    /// <summary>To four bits with a scale a group.</summary>
    [Benchmark, AllocationBudget((1 + Taps) * 256 * (Width / 32 * 18) + 16_384)]
    public object EncodeInt4() => FeatureCodec.Encode(_features, FeatureEncoding.Int4Group);

    /// <summary>From halves: the floats and nothing else.</summary>
    [Benchmark, AllocationBudget((1 + Taps) * 256 * Width * 4 + 1_024)]
    public object DecodeFloat16() => FeatureCodec.Decode(_float16, FeatureEncoding.Float16, Grid, Width, Taps);

    /// <summary>From bytes with a scale a row.</summary>
    [Benchmark, AllocationBudget((1 + Taps) * 256 * Width * 4 + 16_384)]
    public object DecodeInt8() => FeatureCodec.Decode(_int8, FeatureEncoding.Int8Row, Grid, Width, Taps);

    /// <summary>From four bits with a scale a group.</summary>
    [Benchmark, AllocationBudget((1 + Taps) * 256 * Width * 4 + 16_384)]
    public object DecodeInt4() => FeatureCodec.Decode(_int4, FeatureEncoding.Int4Group, Grid, Width, Taps);

    /// <summary>The checksum of one chunk.</summary>
    [Benchmark, AllocationBudget(0)]
    public uint ChecksumOfAChunk() => Crc32C.Compute(_float16.AsSpan(0, ChunkBytes));

    /// <summary>The picture in 512 numbers.</summary>
    [Benchmark, AllocationBudget(Width * 4 + 256)]
    public void Project() => _projection.Project(_features.Main, _vector);
}
