using BenchmarkDotNet.Attributes;
using QwenVl.Client;
using QwenVl.Client.Answers;
using QwenVl.Client.Images;
using QwenVl.Model.Manifest;
using SkiaSharp;

namespace QwenVl.Benchmarks.Micro;

/// <summary>A whole answer of the device alone about a camera's frame, from the encoded picture to the last word.</summary>
[MemoryDiagnoser]
public class CameraFrameBenchmarks : IAsyncDisposable
{
    private static readonly GenerateOptions Local = new() { Route = Route.DeviceOnly };
    private QwenVlClient _client = null!;
    private byte[] _frame = [];

    /// <summary>Pixels a side.</summary>
    [Params(256, 512)]
    public int Side { get; set; }

    /// <summary>Builds the embedded checkpoint's engine of 4 bits, warms it up, and scales one of the samples to a frame.</summary>
    [GlobalSetup]
    public async Task SetUpAsync()
    {
        EngineDirectory engine = await EmbeddedDevice.BuildAsync();
        using SKBitmap sample = SKBitmap.Decode(Path.Combine(RepositoryFolder.Root, "engines", "nano", "samples", "scene.jpg"));
        using SKBitmap frame = sample.Resize(new SKSizeI(Side, Side), new SKSamplingOptions(SKCubicResampler.Mitchell));
        using SKData encoded = frame.Encode(SKEncodedImageFormat.Jpeg, quality: 85);
        _frame = encoded.ToArray();
        _client = new QwenVlClient(new QwenVlClientOptions { DeviceEnginePath = engine.Path });
        await _client.WarmUp(Side, Side);
    }

    /// <summary>Asks about a frame that was not seen before.</summary>
    [Benchmark]
    public async Task<string> Answer()
    {
        await using Answer answer = await _client.GenerateAsync(ClientImage.FromBytes(_frame), "What is in the picture?", Local);
        return (await answer.GetSummaryAsync()).Text;
    }

    /// <summary>Frees the engines.</summary>
    [GlobalCleanup]
    public async ValueTask DisposeAsync()
    {
        await _client.DisposeAsync();
        GC.SuppressFinalize(this);
    }
}
