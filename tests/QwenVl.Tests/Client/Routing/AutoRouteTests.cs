using QwenVl.Client;
using QwenVl.Client.Answers;
using QwenVl.Client.Images;
using QwenVl.Client.Routing;
using QwenVl.Model.Sampling;
using QwenVl.Protos.V1;
using QwenVl.Tests.Client.Fakes;

namespace QwenVl.Tests.Client.Routing;

/// <summary>Questions that name no route, from one end to the other.</summary>
public sealed class AutoRouteTests
{
    private static readonly ClientImage Image = TestPictures.Image;
    private static readonly ReferenceAnswer Reference = ReferenceAnswer.Of(Image, "Route", SamplingParameters.Greedy, 24);
    private static readonly GenerateOptions Options = new() { MaxNewTokens = 24 };

    [Fact]
    public async Task Without_a_server_the_device_answers()
    {
        await using var client = new QwenVlClient(Conversation.Options, TinyModel.Device(), null);

        Assert.Equal("device only: no server is named", (await AskAsync(client)).Explanation);
    }

    [Fact]
    public async Task Without_a_connection_the_device_answers()
    {
        FakeStream stream = new ScriptedServer { Image = Image, Answer = Reference }.Open();
        await using var client = new QwenVlClient(Conversation.Options, TinyModel.Device(), stream.Server);

        Assert.Equal("device only: there is no open connection", (await AskAsync(client)).Explanation);
        Assert.Empty(stream.Received);
    }

    [Fact]
    public async Task Without_engines_the_server_answers()
    {
        FakeStream stream = new ScriptedServer { Image = Image, Answer = Reference }.Open();
        await using var client = new QwenVlClient(Conversation.Options, null, stream.Server);
        await client.ConnectAsync(TestContext.Current.CancellationToken);

        await using Answer answer = await client.GenerateAsync(Image, "Route", Options);
        AnswerSummary summary = await answer.GetSummaryAsync(TestContext.Current.CancellationToken);

        Assert.Equal("cloud only: there are no engines on the device", answer.Decision!.Explanation);
        Assert.Equal((Reference.Tokens.Length, answer.Decision), (summary.CloudTokens, summary.Outcome!.Decision));
    }

    [Theory]
    [InlineData(Route.CloudOnly)]
    [InlineData(Route.CloudFeatures)]
    [InlineData(Route.DeviceOnly)]
    [InlineData(Route.Hybrid)]
    public async Task Whatever_the_policy_chooses_is_done_and_gives_the_same_text(Route route)
    {
        var policy = new StubPolicy(_ => route);
        await using QwenVlClient client = await ConnectAsync(new ScriptedServer { Image = Image, Answer = Reference, WaitAt = route == Route.Hybrid ? 5 : int.MaxValue }, policy);

        RouteDecision decision = await AskAsync(client);

        Assert.Equal(route, decision.Route);
        RoutingFacts facts = policy.Asked[0];
        Assert.Equal(SampleFacts.All, facts.Candidates);
        Assert.NotNull(facts.Network.RoundTrip);
        Assert.Equal(Image.Bytes.Length, facts.Question.ImageBytes);
    }

    [Fact]
    public async Task The_servers_hint_comes_with_its_welcome_and_with_each_answer()
    {
        var policy = new StubPolicy(_ => Route.CloudOnly);
        var load = new ServerLoad { WaitSeconds = 4, FeatureWaitSeconds = 2, TokenSeconds = 0.03 };
        var server = new ScriptedServer
        {
            Image = Image,
            Answer = Reference,
            Change = message =>
            {
                if (message.Timings is { } timings) timings.Load = new ServerLoad { WaitSeconds = 9 };
                return message;
            },
        };
        server.Welcome.Load = load;
        await using QwenVlClient client = await ConnectAsync(server, policy);
        await AskAsync(client);
        ServerFacts welcomed = policy.Asked[0].Server;
        int asked = policy.Asked.Count;
        await AskAsync(client);

        Assert.Equal((4, 2, 0.03), (Math.Round(welcomed.Wait!.Value.TotalSeconds, 1), Math.Round(welcomed.FeatureWait!.Value.TotalSeconds, 1), welcomed.SecondsPerToken!.Value));
        Assert.InRange(policy.Asked[asked].Server.Wait!.Value.TotalSeconds, 4.1, 9);
        // The second question's picture is known to be there.
        Assert.True(policy.Asked[asked].Question.ImageIsSent);
    }

    [Fact]
    public async Task Where_the_server_takes_no_such_picture_the_device_answers()
    {
        var server = new ScriptedServer { Image = Image, Answer = Reference };
        server.Welcome.Limits.MaxImageBytes = 10;
        await using QwenVlClient client = await ConnectAsync(server, new StubPolicy(_ => Route.CloudOnly));

        Assert.Equal("device only: the server could not be asked (ImageTooLarge)", (await AskAsync(client)).Explanation);
        Answer asked = await client.GenerateAsync(Image, "Route", Options with { Route = Route.CloudOnly });
        var named = await Assert.ThrowsAsync<QwenVlException>(() => asked.GetSummaryAsync());
        Assert.Equal(QwenVlErrorCode.ImageTooLarge, named.Code);
    }

    [Theory]
    [InlineData(Route.CloudOnly)]
    [InlineData(Route.Hybrid)]
    [InlineData(Route.CloudFeatures)]
    public async Task A_picture_that_neither_side_can_read_ends_the_answer(Route chosen)
    {
        ClientImage broken = ClientImage.FromBytes("no picture"u8.ToArray());
        var server = new ScriptedServer { Image = broken, Answer = Reference, Change = Refuse };
        await using QwenVlClient client = await ConnectAsync(server, new StubPolicy(_ => chosen));
        await using Answer answer = await client.GenerateAsync(broken, "Route", Options);

        var error = await Assert.ThrowsAsync<QwenVlException>(() => answer.GetSummaryAsync(TestContext.Current.CancellationToken));

        Assert.Equal(QwenVlErrorCode.ImageUnreadable, error.Code);
        Assert.InRange(server.Asked.Count, 1, 2);

        static ServerMessage? Refuse(ServerMessage message)
        {
            uint question = message.Tokens?.QuestionId ?? message.FeatureHeader?.QuestionId ?? message.FeatureChunk?.QuestionId ?? message.Finished?.QuestionId ?? 0;
            return question == 0 ? message : new ServerMessage { QuestionFailed = new QuestionFailed { QuestionId = question, Code = 3, Reason = "DAMAGED_IMAGE", Message = "The picture is damaged." } };
        }
    }

    [Fact]
    public async Task An_answer_that_was_paused_is_not_moved_to_a_device_without_the_features()
    {
        var server = new ScriptedServer { Image = Image, Answer = Reference };
        await using var client = new QwenVlClient(Conversation.Options with { RoutingPolicy = new StubPolicy(_ => Route.CloudOnly) }, TinyModel.Device(), server.Network().Server);
        await client.ConnectAsync(TestContext.Current.CancellationToken);
        await using Answer answer = await client.GenerateAsync(Image, "Route", Options);
        await foreach (AnswerToken token in answer)
        {
            if (token.Index != 2) continue;
            await answer.PauseAsync();
            answer.Resume();
        }

        AnswerSummary summary = await answer.GetSummaryAsync(TestContext.Current.CancellationToken);
        Assert.Equal((Reference.Text, 0), (summary.Text, summary.DeviceTokens));
    }

    [Fact]
    public async Task A_suspended_client_sends_nothing_whatever_is_asked_of_it()
    {
        var server = new ScriptedServer { Image = Image, Answer = Reference };
        var network = server.Network();
        await using var client = new QwenVlClient(Conversation.Options with { RoutingPolicy = new StubPolicy(_ => Route.Hybrid) }, TinyModel.Device(), network.Server);
        await client.ConnectAsync(TestContext.Current.CancellationToken);
        await client.SuspendAsync();

        await using Answer answer = await client.GenerateAsync(Image, "Route", Options);
        Task upload = client.UploadAsync(Image, TestContext.Current.CancellationToken);
        Task<CloudFeatures> features = client.GetFeaturesAsync(Image, cancellationToken: TestContext.Current.CancellationToken);

        Assert.False(upload.IsCompleted || features.IsCompleted);
        Assert.Equal((false, 1, AnswerState.Paused), (client.IsConnected, network.Calls, answer.State));
        client.Resume();
        await upload;
        await features;
        Assert.Equal(Reference.Text, (await answer.GetSummaryAsync(TestContext.Current.CancellationToken)).Text);
    }

    [Fact]
    public async Task What_the_app_says_of_battery_and_network_reaches_the_policy()
    {
        var policy = new StubPolicy(_ => Route.DeviceOnly);
        await using QwenVlClient client = await ConnectAsync(new ScriptedServer { Image = Image, Answer = Reference }, policy);
        client.Hints = new DeviceHints { IsMetered = true, DownBytesPerSecond = 5 };
        await AskAsync(client);

        Assert.True(policy.Asked[0].Hints.IsMetered);
        Assert.Equal(5, policy.Asked[0].Network.DownBytesPerSecond);
    }

    private static async Task<QwenVlClient> ConnectAsync(ScriptedServer server, IRoutingPolicy policy)
    {
        var client = new QwenVlClient(Conversation.Options with { RoutingPolicy = policy }, TinyModel.Device(), server.Open().Server);
        await client.ConnectAsync(TestContext.Current.CancellationToken);
        return client;
    }

    private static async Task<RouteDecision> AskAsync(QwenVlClient client)
    {
        (_, AnswerSummary summary) = await Conversation.ReadAsync(await client.GenerateAsync(Image, "Route", Options));
        Assert.Equal(Reference.Text, summary.Text);
        Assert.Equal(summary.Timings.Total, summary.Outcome!.Total);
        return summary.Outcome.Decision;
    }
}
