using QwenVl.Protos.V1;
using QwenVl.Tests.Runtime.Caching;
using QwenVl.Tests.Runtime.Preprocessing;
using QwenVl.Tests.Server.Fakes;
using StackExchange.Redis;

namespace QwenVl.Tests.Server.Streaming;

/// <summary>Servers that share features.</summary>
public sealed class SharedFeaturesTests : IDisposable
{
    private static readonly Dictionary<string, string?> Patient = new() { ["Runtime:RedisReadTimeoutMs"] = "10000" };
    private readonly LoopbackRedis _redis = new();

    [Fact]
    public async Task What_one_server_has_encoded_the_other_sends_without_its_tower()
    {
        _redis.Start();
        await using RunningServer one = await RunningServer.StartAsync(settings: Patient, flags: ["--redis", _redis.Address]), two = await RunningServer.StartAsync(settings: Patient, flags: ["--redis", _redis.Address]);
        foreach (RunningServer server in (RunningServer[])[one, two])
            await Waiting.UntilAsync(() => server.Log.GetSnapshot().Any(record => record.Message.Contains("is in use", StringComparison.Ordinal)), "it is connected");
        int runs = 0;
        two.Hooks.Encoding = _ => Interlocked.Increment(ref runs);
        (FeatureHeader encoded, byte[] first) = await AskAsync(one);
        // Written after the answer: another server finds it some time soon.
        await using ConnectionMultiplexer direct = await ConnectionMultiplexer.ConnectAsync(_redis.Address);
        IServer held = direct.GetServers().Single();
        await Waiting.UntilAsync(() => held.Keys().Any(), "it is written");

        (FeatureHeader read, byte[] second) = await AskAsync(two);
        Assert.Equal((false, true, 0), (encoded.WasCached, read.WasCached, runs));
        Assert.Equal(first, second);
        await one.BaselineAsync();
        await two.BaselineAsync();
    }

    [Fact]
    public async Task A_server_whose_shared_tier_is_away_answers_all_the_same()
    {
        await using RunningServer server = await RunningServer.StartAsync(flags: ["--redis", _redis.Address]);
        Assert.False((await AskAsync(server)).Header.WasCached);
        Assert.True((await AskAsync(server)).Header.WasCached);
        await server.BaselineAsync();
    }

    public void Dispose() => _redis.Dispose();

    private static async Task<(FeatureHeader Header, byte[] Features)> AskAsync(RunningServer server)
    {
        using TestStream stream = await TestStream.GreetAsync(server);
        await stream.UploadAsync(1, PictureFiles.Good);
        TestAnswer answer = await stream.AskAsync(new Ask { QuestionId = 1, ImageIds = { 1 }, Prompt = "What is it?", Features = FeatureType.Float16 });
        await stream.CompleteAsync();
        await stream.ReadToEndAsync();
        byte[] features = [.. answer.Messages.Where(message => message.FeatureChunk is not null).SelectMany(message => message.FeatureChunk.Data)];
        return (answer.Messages.Single(message => message.FeatureHeader is not null).FeatureHeader, features);
    }
}
