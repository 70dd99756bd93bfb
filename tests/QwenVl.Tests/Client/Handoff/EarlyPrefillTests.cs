using System.Collections.Concurrent;
using QwenVl.Client;
using QwenVl.Client.Answers;
using QwenVl.Client.Images;
using QwenVl.Model.Prompts;
using QwenVl.Model.Sampling;
using QwenVl.Protos.V1;
using QwenVl.Tests.Client.Fakes;
using QwenVl.Tests.Server.Fakes;

namespace QwenVl.Tests.Client.Handoff;

public sealed class EarlyPrefillTests
{
    private static readonly ClientImage Image = TestPictures.Image;
    private static readonly ReferenceAnswer Reference = ReferenceAnswer.Of(Image, "Route", SamplingParameters.Greedy, 24);

    [Fact]
    public async Task The_device_takes_the_first_rows_in_before_the_last_chunk_is_sent()
    {
        var runs = new ConcurrentQueue<int>();
        int before = TinyModel.Prompts.Build([ChatTurn.User("Route", Reference.Features.Grid)]).VisualIndex.AsSpan().IndexOfAnyExcept(0);
        var server = new ScriptedServer
        {
            Image = Image,
            Answer = Reference,
            // The text before the picture, and rows of it.
            BeforeLastChunk = () => Waiting.UntilAsync(() => runs.Sum() > before + 1, "the device has taken the first rows in"),
        };
        await using QwenVlClient client = await Conversation.ConnectAsync(server.Open(), () => new HashDecoder { BeforeRun = runs.Enqueue });

        (_, AnswerSummary summary) = await Conversation.ReadAsync(await client.GenerateAsync(Image, "Route", new GenerateOptions { Route = Route.CloudFeatures, MaxNewTokens = 24 }));

        Assert.Equal(Reference.Text, summary.Text);
        Assert.Equal(before, runs.First());
        Assert.True(summary.Timings.PrefillComplete >= summary.Timings.FeaturesComplete);
    }

    [Fact]
    public async Task Features_that_break_off_leave_nothing_in_the_decoder()
    {
        var server = new ScriptedServer { Image = Image, Answer = Reference, BreakBefore = 3 };
        // The decoder's end finds out whether a sequence was left behind.
        await using QwenVlClient client = await Conversation.ConnectAsync(server.Open());

        Answer answer = await client.GenerateAsync(Image, "Route", new GenerateOptions { Route = Route.CloudFeatures, MaxNewTokens = 24 });

        Assert.Equal(QwenVlErrorCode.ConnectionLost, (await Assert.ThrowsAsync<QwenVlException>(() => answer.GetSummaryAsync())).Code);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    public async Task Stripes_without_rows_are_refused(int rows)
    {
        var server = new ScriptedServer
        {
            Image = Image,
            Answer = Reference,
            Change = message =>
            {
                if (message.MessageCase == ServerMessage.MessageOneofCase.FeatureHeader) message.FeatureHeader.StripeRows = rows;
                return message;
            },
        };
        await using QwenVlClient client = await Conversation.ConnectAsync(server.Open());

        Answer answer = await client.GenerateAsync(Image, "Route", new GenerateOptions { Route = Route.CloudFeatures, MaxNewTokens = 24 });

        Assert.Equal(QwenVlErrorCode.FeaturesMismatch, (await Assert.ThrowsAsync<QwenVlException>(() => answer.GetSummaryAsync())).Code);
    }
}
