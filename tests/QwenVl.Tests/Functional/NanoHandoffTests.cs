using QwenVl.Client;
using QwenVl.Client.Answers;
using QwenVl.Client.Images;
using QwenVl.Engines.Building;
using QwenVl.Engines.Caching;
using QwenVl.Model.Manifest;
using QwenVl.Tests.Client.Fakes;
using QwenVl.Tests.Infrastructure;
using QwenVl.Tests.Server.Fakes;

namespace QwenVl.Tests.Functional;

/// <summary>The real server and the real client with the embedded device checkpoint on both sides: who writes which token must not matter.</summary>
public sealed class NanoHandoffTests : IAsyncLifetime
{
    private const string Prompt = "What is in the picture?";

    private static readonly string Checkpoint = RepositoryFolder.File("engines", "nano", "device");
    private static readonly GenerateOptions Alone = new() { Route = Route.DeviceOnly, MaxNewTokens = 48 };

    private readonly TemporaryFolder _folder = new();
    private RunningServer _server = null!;
    private EngineDirectory _engine = null!;
    private ClientImage _image = null!;

    public async ValueTask InitializeAsync()
    {
        var options = new EngineBuildOptions { Dialect = EngineDialect.OnnxRuntime, VisionWeights = WeightFormat.Float32, DecoderWeights = WeightFormat.Float32 };
        _engine = await new EngineCache(_folder.Path, fingerprints: null).GetOrBuildAsync(Checkpoint, options);
        _server = await RunningServer.StartAsync(flags: ["--model-path", Checkpoint, "--client-model-path", Checkpoint, "--engine-cache", _folder.Path, "--image-cache-mb", "16"]);
        _image = await ClientImage.FromFileAsync(RepositoryFolder.File("engines", "nano", "samples", "scene.jpg"));
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_takeover_at_every_index_gives_the_text_of_one_side_alone()
    {
        await using QwenVlClient client = await ConnectAsync(_server.GrpcAddress);
        (List<AnswerToken> expected, AnswerSummary alone) = await AskAsync(client, Alone);
        Assert.True(expected.Count > 8);
        Assert.Equal(FinishReason.Stop, alone.FinishReason);

        for (int seam = 0; seam <= expected.Count; seam++)
        {
            GenerateOptions options = Alone with { Route = seam == 0 ? Route.CloudFeatures : Route.Hybrid, TakeOverAfter = Alone.MaxNewTokens, MaxCloudTokens = Math.Max(seam, 1) };
            (List<AnswerToken> tokens, AnswerSummary summary) = await AskAsync(client, options);

            Assert.Equal(expected.Select(token => token.Id), tokens.Select(token => token.Id));
            Assert.Equal((alone.Text, seam), (summary.Text, summary.CloudTokens));
        }
    }

    [Fact]
    public async Task Connections_that_break_or_damage_bytes_anywhere_change_nothing_of_the_text()
    {
        string expected;
        await using (QwenVlClient client = await ConnectAsync(_server.GrpcAddress)) expected = (await AskAsync(client, Alone)).Summary.Text;
        int reconnects = 0, lost = 0;
        for (int seed = 0; seed < 40; seed++)
        {
            await using var proxy = new FaultyProxy(_server.GrpcAddress, seed, faults: 3);
            await using QwenVlClient client = await ConnectAsync(proxy.Address);
            Route route = (seed % 3) switch { 0 => Route.Hybrid, 1 => Route.CloudFeatures, _ => Route.CloudOnly };
            (_, AnswerSummary summary) = await AskAsync(client, Alone with { Route = route, TakeOverAfter = seed % 7 });

            Assert.Equal(expected, summary.Text);
            reconnects += summary.Reconnects;
            lost += summary.ConnectionLost ? 1 : 0;
        }

        TestContext.Current.TestOutputHelper!.WriteLine($"40 answers over broken connections: {lost} lost the server, {reconnects} reconnects.");
        Assert.True(lost > 0 && reconnects > 0);
        await _server.BaselineAsync();
    }

    [Fact]
    public async Task A_server_that_ends_leaves_a_device_that_has_the_features_to_finish()
    {
        await using QwenVlClient client = await ConnectAsync(_server.GrpcAddress);
        string expected = (await AskAsync(client, Alone)).Summary.Text;
        Answer answer = await client.GenerateAsync(_image, Prompt, Alone with { Route = Route.Hybrid, TakeOverAfter = 2 });
        await using IAsyncEnumerator<AnswerToken> tokens = answer.GetAsyncEnumerator();
        Assert.True(await tokens.MoveNextAsync());

        await _server.StopAsync();

        Assert.Equal(expected, (await answer.GetSummaryAsync().WaitAsync(Waiting.Limit)).Text);
    }

    private async Task<QwenVlClient> ConnectAsync(Uri server)
    {
        var options = new QwenVlClientOptions { ServerAddress = server, DeviceEnginePath = _engine.Path, ReconnectDelay = TimeSpan.FromMilliseconds(5), DeviceThreads = 1, FirstTokenPatience = Timeout.InfiniteTimeSpan };
        var client = new QwenVlClient(options);
        await client.ConnectAsync();
        return client;
    }

    private async Task<(List<AnswerToken> Tokens, AnswerSummary Summary)> AskAsync(QwenVlClient client, GenerateOptions options) =>
        await Conversation.ReadAsync(await client.GenerateAsync(_image, Prompt, options));
}
