using QwenVl.Client;
using QwenVl.Client.Answers;
using QwenVl.Client.Images;
using QwenVl.Model.Features;
using QwenVl.Model.Sampling;
using QwenVl.Protos.V1;
using QwenVl.Tests.Client.Fakes;
using QwenVl.Tests.Server.Fakes;

namespace QwenVl.Tests.Client.Handoff;

public sealed class TakeOverTests
{
    private const int MaxNewTokens = 24;

    private static readonly ClientImage Image = TestPictures.Image;

    [Theory]
    [InlineData("What is it?", 0f, 0)]
    [InlineData("What is it?", 0f, 1)]
    [InlineData("Where?", 0f, 3)]
    [InlineData("Was steht da?", 0.8f, 0)]
    [InlineData("这是什么", 0.8f, 2)]
    public async Task A_takeover_at_any_index_gives_the_text_of_one_decoder_alone(string question, float temperature, int overrun)
    {
        var sampling = new SamplingParameters { Temperature = temperature, Seed = 5, RepetitionPenalty = 1.1f };
        ReferenceAnswer reference = ReferenceAnswer.Of(Image, question, sampling, MaxNewTokens);
        for (int seam = 0; seam <= reference.Tokens.Length + 1; seam++)
        {
            var server = new ScriptedServer { Image = Image, Answer = reference, WaitAt = seam, Overrun = overrun };
            var options = new GenerateOptions { Route = Route.Hybrid, MaxNewTokens = MaxNewTokens, Sampling = sampling, TakeOverAfter = seam, TakeOverLead = 0 };

            (List<AnswerToken> tokens, AnswerSummary summary) = await Conversation.AskAsync(server, question, options);

            Assert.Equal(reference.Tokens, tokens.Select(token => token.Id));
            Assert.Equal(reference.Text, summary.Text);
            Assert.Equal(reference.Stopped ? FinishReason.Stop : FinishReason.Length, summary.FinishReason);
            int expected = Math.Min(seam + overrun, reference.Tokens.Length);
            // A request to take over from the last token on is never made: the server writes to the end.
            if (seam < Math.Min(reference.Tokens.Length, MaxNewTokens)) Assert.Equal(expected, summary.CloudTokens);
        }
    }

    [Fact]
    public async Task A_device_that_is_ready_long_before_the_servers_first_token_writes_it_itself()
    {
        ReferenceAnswer reference = ReferenceAnswer.Of(Image, "Any order", SamplingParameters.Greedy, MaxNewTokens);
        // Features come; tokens wait in a queue that does not move.
        var server = new ScriptedServer { Image = Image, Answer = reference, Change = message => message.MessageCase is ServerMessage.MessageOneofCase.FeatureHeader or ServerMessage.MessageOneofCase.FeatureChunk ? message : null };
        await using QwenVlClient client = await Conversation.ConnectAsync(server.Network().Server, options: Conversation.Options with { FirstTokenPatience = TimeSpan.Zero });

        (List<AnswerToken> tokens, AnswerSummary summary) = await Conversation.ReadAsync(await client.GenerateAsync(Image, "Any order", new GenerateOptions { Route = Route.Hybrid, MaxNewTokens = MaxNewTokens }));

        Assert.Equal(reference.Tokens, tokens.Select(token => token.Id));
        Assert.Equal((0, reference.Tokens.Length, false, 0), (summary.CloudTokens, summary.DeviceTokens, summary.ConnectionLost, summary.Reconnects));
        await Waiting.UntilAsync(() => server.Questions == 0, "the server's place is free");
    }

    [Fact]
    public async Task Any_order_of_chunks_and_tokens_on_the_stream_gives_the_same_text()
    {
        ReferenceAnswer reference = ReferenceAnswer.Of(Image, "Any order", SamplingParameters.Greedy, MaxNewTokens);
        for (int seed = 0; seed < 60; seed++)
        {
            var server = new ScriptedServer { Image = Image, Answer = reference, Shuffle = seed, WaitAt = seed % 12, Overrun = seed % 3 };
            var options = new GenerateOptions
            {
                Route = Route.Hybrid,
                MaxNewTokens = MaxNewTokens,
                TakeOverAfter = seed % 5,
                TakeOverLead = seed % 4,
                FeatureEncoding = seed % 2 == 0 ? FeatureEncoding.Float16 : FeatureEncoding.Int8Row,
            };

            (List<AnswerToken> tokens, AnswerSummary summary) = await Conversation.AskAsync(server, "Any order", options);

            Assert.Equal(reference.Tokens, tokens.Select(token => token.Id));
            Assert.Equal(reference.Text, summary.Text);
        }
    }

    [Fact]
    public async Task A_stream_that_breaks_at_any_message_after_the_features_changes_nothing_of_the_text()
    {
        ReferenceAnswer reference = ReferenceAnswer.Of(Image, "Broken", SamplingParameters.Greedy, MaxNewTokens);
        int chunks = ChunkMessages(reference);
        for (int at = chunks; at < chunks + reference.Tokens.Length; at++)
        {
            var server = new ScriptedServer { Image = Image, Answer = reference, BreakBefore = at };
            var options = new GenerateOptions { Route = Route.Hybrid, MaxNewTokens = MaxNewTokens, TakeOverAfter = MaxNewTokens };

            (List<AnswerToken> tokens, AnswerSummary summary) = await Conversation.AskAsync(server, "Broken", options);

            Assert.Equal(reference.Tokens, tokens.Select(token => token.Id));
            Assert.True(summary.ConnectionLost);
            Assert.Equal(at - chunks, summary.CloudTokens);
        }
    }

    [Fact]
    public async Task A_server_that_is_done_before_the_device_is_ready_writes_it_all()
    {
        ReferenceAnswer reference = ReferenceAnswer.Of(Image, "Quickly", SamplingParameters.Greedy, MaxNewTokens);
        var server = new ScriptedServer { Image = Image, Answer = reference };

        (_, AnswerSummary summary) = await Conversation.AskAsync(server, "Quickly", new GenerateOptions { Route = Route.Hybrid, MaxNewTokens = MaxNewTokens, TakeOverAfter = MaxNewTokens });

        Assert.Equal(reference.Text, summary.Text);
        Assert.Equal(0, summary.DeviceTokens);
        Assert.Null(summary.TakenOverAt);
    }

    [Fact]
    public async Task A_device_that_fails_leaves_the_answer_to_the_server()
    {
        ReferenceAnswer reference = ReferenceAnswer.Of(Image, "Fails", SamplingParameters.Greedy, MaxNewTokens);
        var server = new ScriptedServer { Image = Image, Answer = reference };
        await using QwenVlClient client = await Conversation.ConnectAsync(server.Open(), () => new HashDecoder { BeforeRun = _ => throw new InvalidOperationException("no memory") });

        (_, AnswerSummary summary) = await Conversation.ReadAsync(await client.GenerateAsync(Image, "Fails", new GenerateOptions { Route = Route.Hybrid, MaxNewTokens = MaxNewTokens }));

        Assert.Equal(reference.Text, summary.Text);
        Assert.Equal(0, summary.DeviceTokens);
    }

    private static int ChunkMessages(ReferenceAnswer reference) =>
        1 + (int)Math.Ceiling(new FeatureLayout(GenerateOptions.Default.FeatureEncoding, reference.Features.Tokens, TinyModel.Width, 2).TotalBytes / 300.0);
}
