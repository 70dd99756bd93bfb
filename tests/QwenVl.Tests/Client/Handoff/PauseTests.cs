using QwenVl.Client;
using QwenVl.Client.Answers;
using QwenVl.Client.Images;
using QwenVl.Model.Sampling;
using QwenVl.Protos.V1;
using QwenVl.Tests.Client.Fakes;
using QwenVl.Tests.Server.Fakes;

namespace QwenVl.Tests.Client.Handoff;

public sealed class PauseTests
{
    private const int MaxNewTokens = 24;

    private static readonly ClientImage Image = TestPictures.Image;
    private static readonly ReferenceAnswer Reference = ReferenceAnswer.Of(Image, "Route", SamplingParameters.Greedy, MaxNewTokens);

    [Theory]
    [InlineData(Route.Hybrid)]
    [InlineData(Route.CloudFeatures)]
    [InlineData(Route.CloudOnly)]
    [InlineData(Route.DeviceOnly)]
    public async Task A_pause_after_any_token_stops_both_sides_and_goes_on_without_a_repeat(Route route)
    {
        for (int at = 0; at < Reference.Tokens.Length; at += 2)
        {
            int runs = 0;
            var server = new ScriptedServer { Image = Image, Answer = Reference };
            await using QwenVlClient client = await Conversation.ConnectAsync(server.Network().Server, () => new HashDecoder { BeforeRun = _ => runs++ });
            // The first time it measures as well, and runs more.
            if (route != Route.CloudOnly) await client.WarmUp(28, 28);
            await using Answer answer = await client.GenerateAsync(Image, "Route", new GenerateOptions { Route = route, MaxNewTokens = MaxNewTokens, TakeOverAfter = 6 });
            var tokens = new List<AnswerToken>();
            await foreach (AnswerToken token in answer)
            {
                tokens.Add(token);
                if (token.Index != at) continue;
                await answer.PauseAsync();
                if (answer.State == AnswerState.Finished) continue;
                Assert.Equal(AnswerState.Paused, answer.State);
                await Waiting.UntilAsync(() => server.Questions == 0, "the server's place is free");
                int before = Volatile.Read(ref runs);
                // Had anything been left to run, it would run before this, which comes after it on the same thread.
                if (route != Route.CloudOnly) await client.WarmUp(28, 28);
                Assert.Equal(AnswerState.Paused, answer.State);
                int warmUp = route == Route.CloudOnly ? 0 : WarmUpRuns;
                Assert.Equal(before + warmUp, Volatile.Read(ref runs));
                answer.Resume();
            }

            Assert.Equal(Reference.Tokens, tokens.Select(token => token.Id));
            Assert.Equal(Reference.Text, (await answer.GetSummaryAsync()).Text);
            Assert.Empty(server.Problems);
        }
    }

    [Fact]
    public async Task A_client_that_is_suspended_closes_its_stream_and_resumes_all_answers()
    {
        int silences = 0;
        var server = new ScriptedServer { Image = Image, Answer = Reference, Carry = FallSilentOnce };
        await using QwenVlClient client = await Conversation.ConnectAsync(server.Network().Server);
        var options = new GenerateOptions { MaxNewTokens = MaxNewTokens, TakeOverAfter = 6 };
        Answer first = await client.GenerateAsync(Image, "Route", options);
        await Waiting.UntilAsync(() => Volatile.Read(ref silences) == 1, "the question is under way");

        await client.SuspendAsync();
        Answer second = await client.GenerateAsync(Image, "Route", options);
        await Waiting.UntilAsync(() => server is { Questions: 0, Streams: 0 }, "the server is free");

        Assert.False(client.IsConnected);
        Assert.Equal((AnswerState.Paused, AnswerState.Paused), (first.State, second.State));
        Assert.Single(server.Asked);
        client.Resume();
        foreach (Answer answer in (Answer[])[first, second])
        {
            (List<AnswerToken> tokens, _) = await Conversation.ReadAsync(answer);
            Assert.Equal(Reference.Tokens, tokens.Select(token => token.Id));
        }

        async Task FallSilentOnce(FakeStream stream, ServerMessage message)
        {
            if (message.Tokens?.FirstIndex == 4 && Interlocked.Increment(ref silences) == 1)
                while (await stream.ReadAsync() is not null) continue;
            stream.Send(message);
        }
    }

    [Fact]
    public async Task An_app_that_comes_back_before_all_rests_loses_no_answer()
    {
        for (int i = 0; i < 20; i++)
        {
            var server = new ScriptedServer { Image = Image, Answer = Reference };
            await using QwenVlClient client = await Conversation.ConnectAsync(server.Network().Server);
            Answer answer = await client.GenerateAsync(Image, "Route", new GenerateOptions { Route = Route.CloudOnly, MaxNewTokens = MaxNewTokens });
            Task suspending = client.SuspendAsync();
            client.Resume();

            (List<AnswerToken> tokens, _) = await Conversation.ReadAsync(answer);

            Assert.Equal(Reference.Tokens, tokens.Select(token => token.Id));
            await suspending;
        }
    }

    [Fact]
    public async Task A_paused_answer_that_is_given_up_frees_all_that_it_holds()
    {
        var server = new ScriptedServer { Image = Image, Answer = Reference, WaitAt = 3 };
        await using QwenVlClient client = await Conversation.ConnectAsync(server.Network().Server);
        Answer answer = await client.GenerateAsync(Image, "Route", new GenerateOptions { MaxNewTokens = MaxNewTokens, TakeOverAfter = MaxNewTokens });
        await answer.PauseAsync();

        await answer.DisposeAsync();

        Assert.Equal(AnswerState.GivenUp, answer.State);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => answer.GetSummaryAsync());
        await Waiting.UntilAsync(() => client.Running == 0, "no answer is under way");
    }

    [Fact]
    public async Task Pausing_an_answer_that_has_ended_does_nothing()
    {
        await using var client = new QwenVlClient(Conversation.Options, TinyModel.Device(), null);
        Answer answer = await client.GenerateAsync(Image, "Route", new GenerateOptions { Route = Route.DeviceOnly, MaxNewTokens = MaxNewTokens });
        await answer.GetSummaryAsync();

        await answer.PauseAsync();
        answer.Resume();

        Assert.Equal(AnswerState.Finished, answer.State);
    }

    /// <summary>What <see cref="QwenVlClient.WarmUp"/> of a small picture runs: its prompt in chunks, and a token.</summary>
    private static int WarmUpRuns { get; } = CountWarmUp();

    private static int CountWarmUp()
    {
        int length = TinyModel.Prompts.Build([QwenVl.Model.Prompts.ChatTurn.User("?", QwenVl.Model.Vision.SmartResize.Fit(28, 28, QwenVl.Model.Vision.SmartResize.DefaultMinPixels, QwenVl.Model.Vision.SmartResize.Pixels512))]).Length;
        return (length + Conversation.Options.PrefillChunk - 1) / Conversation.Options.PrefillChunk + 1;
    }
}
