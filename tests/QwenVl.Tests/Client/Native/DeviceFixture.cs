using QwenVl.Engines.Building;
using QwenVl.Engines.Caching;
using QwenVl.Model.Manifest;
using QwenVl.Tests.Infrastructure;
using QwenVl.Tests.Server.Fakes;

namespace QwenVl.Tests.Client.Native;

/// <summary>A server with the embedded device checkpoint on both sides, and the same checkpoint's engines for a device.</summary>
public sealed class DeviceFixture : IAsyncLifetime
{
    /// <summary>Answered by the embedded checkpoint with more than a dozen tokens.</summary>
    public const string Prompt = "What is in the picture?";

    public static string Picture { get; } = RepositoryFolder.File("engines", "nano", "samples", "scene.jpg");

    internal RunningServer Server { get; private set; } = null!;

    /// <summary>A 4-bit decoder and a vision tower, as the command line builds them.</summary>
    public string Engines { get; private set; } = "";

    public async ValueTask InitializeAsync()
    {
        string checkpoint = RepositoryFolder.File("engines", "nano", "device");
        var options = new EngineBuildOptions { Dialect = EngineDialect.OnnxRuntime, VisionWeights = WeightFormat.Float32, DecoderWeights = WeightFormat.Int4Block32 };
        Engines = (await new EngineCache(TinyCheckpoint.EngineCache).GetOrBuildAsync(checkpoint, options)).Path;
        Server = await RunningServer.StartAsync(flags: ["--model-path", checkpoint, "--client-model-path", checkpoint]);
    }

    public ValueTask DisposeAsync() => Server.DisposeAsync();
}
