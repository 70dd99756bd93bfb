using QwenVl.Client;
using QwenVl.Client.Answers;
using QwenVl.Client.Images;
using QwenVl.Engines.Building;
using QwenVl.Engines.Caching;
using QwenVl.Model.Features;
using QwenVl.Model.Manifest;
using QwenVl.Tests.Client.Fakes;
using QwenVl.Tests.Golden;
using QwenVl.Tests.Runtime.Preprocessing;
using QwenVl.Tests.Server.Fakes;

namespace QwenVl.Tests.Functional;

/// <summary>Client and server, engines and sockets, all real: with one checkpoint on both sides, who writes must not matter.</summary>
public sealed class HandoffTests(GoldenEngine golden) : IClassFixture<GoldenEngine>
{
    [Fact]
    public async Task A_handoff_between_real_engines_gives_the_devices_own_text()
    {
        EngineDirectory engine = await BuildAsync();
        await using RunningServer server = await RunningServer.StartAsync(flags: ["--model-path", GoldenFolder.Checkpoint, "--client-model-path", GoldenFolder.Checkpoint, "--engine-cache", golden.Folder]);
        await using var client = new QwenVlClient(new QwenVlClientOptions { ServerAddress = server.GrpcAddress, DeviceEnginePath = engine.Path, FirstTokenPatience = Timeout.InfiniteTimeSpan });
        await client.ConnectAsync();
        ClientImage image = await ClientImage.FromFileAsync(GoldenFolder.File_(Path.Combine("images", "2_640x480.png")));
        var alone = new GenerateOptions { Route = Route.DeviceOnly, MaxNewTokens = 40, FeatureEncoding = FeatureEncoding.Float16 };
        (_, AnswerSummary expected) = await Conversation.ReadAsync(await client.GenerateAsync(image, "What is it?", alone));

        foreach (Route route in (Route[])[Route.CloudOnly, Route.CloudFeatures])
        {
            (_, AnswerSummary summary) = await Conversation.ReadAsync(await client.GenerateAsync(image, "What is it?", alone with { Route = route }));
            Assert.Equal(expected.Text, summary.Text);
        }

        for (int after = 0; after < 12; after += 3)
        {
            (_, AnswerSummary summary) = await Conversation.ReadAsync(await client.GenerateAsync(image, "What is it?", alone with { Route = Route.Hybrid, TakeOverAfter = after }));
            Assert.Equal(expected.Text, summary.Text);
            Assert.True(summary.CloudTokens + summary.DeviceTokens == 40 && summary.CloudTokens >= after);
            Assert.NotNull(summary.Server);
        }

        for (int most = 1; most < 12; most += 5)
        {
            (_, AnswerSummary summary) = await Conversation.ReadAsync(await client.GenerateAsync(image, "What is it?", alone with { Route = Route.Hybrid, TakeOverAfter = 39, MaxCloudTokens = most }));
            Assert.Equal((expected.Text, most, 40 - most), (summary.Text, summary.CloudTokens, summary.DeviceTokens));
        }
    }

    [Fact]
    public async Task A_connection_takes_any_number_of_pictures_also_side_by_side()
    {
        await using RunningServer server = await RunningServer.StartAsync(settings: new() { ["Runtime:MaxImagesPerStream"] = "5" });
        await using var client = new QwenVlClient(new QwenVlClientOptions { ServerAddress = server.GrpcAddress });
        await client.ConnectAsync();
        var options = new GenerateOptions { Route = Route.CloudOnly, MaxNewTokens = 2 };
        for (int round = 0; round < 6; round++)
        {
            await Task.WhenAll(Enumerable.Range(0, 3).Select(async i =>
            {
                // A byte after the end: another file each time.
                ClientImage image = ClientImage.FromBytes((byte[])[.. PictureFiles.Good, (byte)(3 * round + i)]);
                await (await client.GenerateAsync(image, "What is it?", options)).GetSummaryAsync();
            }));
        }

        Assert.True(client.IsConnected);
    }

    [Fact]
    public async Task What_the_server_refuses_arrives_with_its_code_and_the_stream_goes_on()
    {
        EngineDirectory engine = await BuildAsync();
        await using RunningServer server = await RunningServer.StartAsync(flags: ["--model-path", GoldenFolder.Checkpoint, "--client-model-path", GoldenFolder.Checkpoint, "--engine-cache", golden.Folder]);
        await using var client = new QwenVlClient(new QwenVlClientOptions { ServerAddress = server.GrpcAddress, DeviceEnginePath = engine.Path, FirstTokenPatience = Timeout.InfiniteTimeSpan });
        await client.ConnectAsync();

        Answer answer = await client.GenerateAsync(ClientImage.FromBytes("no picture"u8.ToArray()), "What is it?", new GenerateOptions { Route = Route.Hybrid });
        var error = await Assert.ThrowsAsync<QwenVlException>(() => answer.GetSummaryAsync());
        Assert.Equal(QwenVlErrorCode.ImageUnreadable, error.Code);

        Answer tooLong = await client.GenerateAsync(TestPictures.Image, string.Concat(Enumerable.Repeat("word ", 9000)), new GenerateOptions { Route = Route.Hybrid });
        error = await Assert.ThrowsAsync<QwenVlException>(() => tooLong.GetSummaryAsync());
        Assert.Equal(QwenVlErrorCode.PromptTooLong, error.Code);

        Answer good = await client.GenerateAsync(TestPictures.Image, "What is it?", new GenerateOptions { Route = Route.Hybrid, MaxNewTokens = 8 });
        Assert.Equal(8, (await Conversation.ReadAsync(good)).Tokens.Count);
    }

    private async Task<EngineDirectory> BuildAsync()
    {
        GoldenFolder.Require();
        var options = new EngineBuildOptions { Dialect = EngineDialect.OnnxRuntime, VisionWeights = WeightFormat.Float32, DecoderWeights = WeightFormat.Float32 };
        return await new EngineCache(golden.Folder, fingerprints: null).GetOrBuildAsync(GoldenFolder.Checkpoint, options);
    }
}
