using Grpc.Core;
using Microsoft.Extensions.Time.Testing;
using QwenVl.Client;
using QwenVl.Client.Answers;
using QwenVl.Client.Images;
using QwenVl.Model.Features;
using QwenVl.Model.Sampling;
using QwenVl.Protos.V1;
using QwenVl.Tests.Client.Fakes;
using QwenVl.Tests.Server.Fakes;

namespace QwenVl.Tests.Client.Handoff;

public sealed class ResumeTests
{
    private const int MaxNewTokens = 24;

    private static readonly ClientImage Image = TestPictures.Image;
    private static readonly ReferenceAnswer Reference = ReferenceAnswer.Of(Image, "Broken", SamplingParameters.Greedy, MaxNewTokens);
    private static readonly QwenVlClientOptions Patient = Conversation.Options with { ConnectTimeout = TimeSpan.FromHours(1), UploadTimeout = TimeSpan.FromHours(1) };
    private static readonly int TotalBytes = (int)new FeatureLayout(FeatureEncoding.Float16, Reference.Features.Tokens, TinyModel.Width, 2).TotalBytes;

    [Theory]
    [InlineData(Route.Hybrid, null)]
    [InlineData(Route.Hybrid, 4)]
    [InlineData(Route.CloudFeatures, null)]
    [InlineData(Route.CloudOnly, null)]
    public async Task A_stream_lost_before_any_message_changes_nothing_of_the_text(Route route, int? shuffle)
    {
        int messages = 1 + (int)Math.Ceiling(TotalBytes / (double)ScriptedServer.ChunkBytes) + Reference.Tokens.Length + 2;
        for (int at = 0; at < messages; at++)
        {
            int sent = 0;
            var server = new ScriptedServer { Image = Image, Answer = Reference, Shuffle = shuffle, Carry = CutBefore };
            await using QwenVlClient client = await Conversation.ConnectAsync(server.Network().Server);

            (List<AnswerToken> tokens, AnswerSummary summary) = await Conversation.ReadAsync(await client.GenerateAsync(Image, "Broken", Options(route)));

            Assert.Equal(Reference.Tokens, tokens.Select(token => token.Id));
            Assert.Equal(Reference.Text, summary.Text);
            Assert.Empty(server.Problems);
            // Once each on the wire: what came before the cut is not sent again.
            if (route != Route.CloudOnly) Assert.InRange(server.FeatureBytes, 0, TotalBytes + ScriptedServer.ChunkBytes);

            Task CutBefore(FakeStream stream, ServerMessage message)
            {
                if (message.Welcome is null && message.ImageNeeded is null && sent++ == at) throw new RpcException(new Status(StatusCode.Unavailable, "cut"));
                stream.Send(message);
                return Task.CompletedTask;
            }
        }
    }

    [Fact]
    public async Task A_stream_lost_during_the_takeover_leaves_the_device_to_go_on_at_once()
    {
        var server = new ScriptedServer { Image = Image, Answer = Reference, WaitAt = 5, Carry = (stream, message) => CutInsteadOf(message.HandedOff is not null, stream, message) };
        await using QwenVlClient client = await Conversation.ConnectAsync(server.Network().Server);

        (_, AnswerSummary summary) = await Conversation.ReadAsync(await client.GenerateAsync(Image, "Broken", Options(Route.Hybrid) with { TakeOverAfter = 5, TakeOverLead = 0 }));

        Assert.Equal((Reference.Text, 5, 5, 0, true), (summary.Text, summary.CloudTokens, summary.TakenOverAt, summary.Reconnects, summary.ConnectionLost));
        Assert.NotNull(summary.Timings.SeamStall);
        Assert.Single(server.Asked);
    }

    [Fact]
    public async Task A_server_that_has_other_features_sends_all_of_them()
    {
        int streams = 0;
        var server = new ScriptedServer { Image = Image, Answer = Reference, Carry = (stream, message) => CutInsteadOf(message.FeatureChunk?.Offset == 600, stream, message) };
        var other = new ScriptedServer { Image = Image, Answer = Reference, Change = message => Other(message) };
        var network = new FakeNetwork(_ => streams++ == 0 ? server.Open() : other.Open());
        await using QwenVlClient client = await Conversation.ConnectAsync(network.Server);

        (_, AnswerSummary summary) = await Conversation.ReadAsync(await client.GenerateAsync(Image, "Broken", Options(Route.CloudFeatures)));

        Assert.Equal(Reference.Text, summary.Text);
        Assert.Equal(600, Assert.Single(other.Asked).FeaturesFrom);

        // As if its own first bytes were others: then it begins with them.
        ServerMessage? Other(ServerMessage message)
        {
            if (message.FeatureHeader is { } header) header.FirstOffset = 0;
            if (message.FeatureChunk is not { Offset: 600 } chunk) return message;
            return new ServerMessage { FeatureChunk = Chunk(chunk, 0, 600 + chunk.Data.Length) };
        }
    }

    [Fact]
    public async Task A_server_that_ends_is_asked_again_when_it_says_and_not_before()
    {
        var time = new FakeTimeProvider();
        bool ended = false;
        var server = new ScriptedServer { Image = Image, Answer = Reference, Carry = EndAtTheFifth };
        FakeNetwork network = server.Network();
        await using QwenVlClient client = await Conversation.ConnectAsync(network.Server, options: Patient with { TimeProvider = time });
        Answer answer = await client.GenerateAsync(Image, "Broken", Options(Route.CloudOnly));
        await Waiting.UntilAsync(() => answer.State == AnswerState.Reconnecting, "the server is lost");

        time.Advance(TimeSpan.FromSeconds(1.9));
        Assert.Equal(AnswerState.Reconnecting, answer.State);
        Assert.Equal(1, network.Calls);
        await Waiting.UntilAsync(() =>
        {
            time.Advance(TimeSpan.FromSeconds(0.1));
            return server.Asked.Count == 2;
        }, "the server is asked again");
        (_, AnswerSummary summary) = await Conversation.ReadAsync(answer);

        Assert.Equal((Reference.Text, 1), (summary.Text, summary.Reconnects));
        Assert.Equal(Reference.Tokens.Take(5), server.Asked.Last().AnswerPrefix);

        Task EndAtTheFifth(FakeStream stream, ServerMessage message)
        {
            if (!ended && message.Tokens?.FirstIndex == 5)
            {
                ended = true;
                throw ScriptedServer.Ended(Google.Rpc.Code.Unavailable, "ENDING", TimeSpan.FromSeconds(2));
            }

            stream.Send(message);
            return Task.CompletedTask;
        }
    }

    [Fact]
    public async Task A_server_that_stays_away_fails_the_answer_after_a_bounded_number_of_attempts()
    {
        var server = new ScriptedServer { Image = Image, Answer = Reference, Carry = (stream, message) => CutInsteadOf(message.Tokens?.FirstIndex == 7, stream, message) };
        var network = new FakeNetwork(call => call == 0 ? server.Open() : throw new RpcException(new Status(StatusCode.Unavailable, "connection refused")));
        await using QwenVlClient client = await Conversation.ConnectAsync(network.Server);
        Answer answer = await client.GenerateAsync(Image, "Broken", Options(Route.CloudOnly));
        var tokens = new List<int>();

        var error = await Assert.ThrowsAsync<QwenVlException>(async () =>
        {
            await foreach (AnswerToken token in answer) tokens.Add(token.Id);
        });

        Assert.Equal(QwenVlErrorCode.ConnectionLost, error.Code);
        Assert.Equal(Reference.Tokens.Take(7), tokens);
        Assert.Equal(1 + Conversation.Options.MaxReconnects, network.Calls);
        Assert.Equal(AnswerState.Failed, answer.State);
    }

    [Fact]
    public async Task A_server_that_falls_silent_is_lost_after_the_response_timeout()
    {
        var time = new FakeTimeProvider();
        int silences = 0;
        var server = new ScriptedServer { Image = Image, Answer = Reference, Carry = FallSilent };
        await using QwenVlClient client = await Conversation.ConnectAsync(server.Network().Server, options: Patient with { TimeProvider = time });
        Answer answer = await client.GenerateAsync(Image, "Broken", Options(Route.CloudOnly));
        await Waiting.UntilAsync(() => Volatile.Read(ref silences) == 1, "the server is silent");

        await Waiting.UntilAsync(() =>
        {
            time.Advance(TimeSpan.FromSeconds(1));
            return server.Asked.Count == 2;
        }, "the server is asked again");

        Assert.Equal(Reference.Text, (await answer.GetSummaryAsync()).Text);

        async Task FallSilent(FakeStream stream, ServerMessage message)
        {
            if (message.Tokens?.FirstIndex == 3 && Interlocked.Increment(ref silences) == 1)
                while (await stream.ReadAsync() is not null) continue;
            stream.Send(message);
        }
    }

    [Theory]
    [InlineData(Route.Hybrid)]
    [InlineData(Route.CloudFeatures)]
    public async Task A_device_that_fails_at_any_step_leaves_the_rest_to_the_server(Route route)
    {
        bool failed = true;
        for (int step = -1; failed; step++)
        {
            int runs = 0;
            failed = false;
            int failing = step;
            HashDecoder Load() => failing < 0 ? throw Fail() : new HashDecoder { BeforeRun = _ => { if (runs++ >= failing) throw Fail(); } };
            var server = new ScriptedServer { Image = Image, Answer = Reference, WaitAt = int.MaxValue };
            await using QwenVlClient client = await Conversation.ConnectAsync(server.Network().Server, Load);

            (List<AnswerToken> tokens, AnswerSummary summary) = await Conversation.ReadAsync(await client.GenerateAsync(Image, "Broken", Options(route) with { MaxCloudTokens = 2 }));

            Assert.Equal(Reference.Tokens, tokens.Select(token => token.Id));
            Assert.Equal(Reference.Text, summary.Text);
            Assert.Empty(server.Problems);

            InvalidOperationException Fail()
            {
                failed = true;
                return new InvalidOperationException("The engines failed.");
            }
        }
    }

    [Fact]
    public async Task Where_device_and_server_both_fail_the_error_says_both()
    {
        var server = new ScriptedServer { Image = Image, Answer = Reference };
        FakeStream? first = null;
        var network = new FakeNetwork(call => call == 0 ? first = server.Open() : throw new RpcException(new Status(StatusCode.Unavailable, "connection refused")));
        int runs = 0;
        HashDecoder Load() => new()
        {
            BeforeRun = _ =>
            {
                if (runs++ < 20) return;
                first!.Break();
                throw new InvalidOperationException("no memory");
            },
        };
        await using QwenVlClient client = await Conversation.ConnectAsync(network.Server, Load);
        Answer answer = await client.GenerateAsync(Image, "Broken", Options(Route.CloudFeatures));

        var error = await Assert.ThrowsAsync<QwenVlException>(() => answer.GetSummaryAsync());

        Assert.Equal(QwenVlErrorCode.DeviceFailed, error.Code);
        Assert.Contains("no memory", error.Message, StringComparison.Ordinal);
        Assert.Contains("The server could not go on either", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nothing_of_a_question_for_the_device_alone_goes_to_the_server_when_the_device_fails()
    {
        var server = new ScriptedServer { Image = Image, Answer = Reference };
        FakeNetwork network = server.Network();
        await using QwenVlClient client = await Conversation.ConnectAsync(network.Server, () => new HashDecoder { BeforeRun = _ => throw new InvalidOperationException("no memory") });

        Answer answer = await client.GenerateAsync(Image, "Broken", Options(Route.DeviceOnly));

        Assert.Equal(QwenVlErrorCode.DeviceFailed, (await Assert.ThrowsAsync<QwenVlException>(() => answer.GetSummaryAsync())).Code);
        Assert.Empty(server.Asked);
    }

    [Fact]
    public async Task Features_asked_for_alone_are_resumed_too()
    {
        bool cut = false;
        var server = new ScriptedServer { Image = Image, Answer = Reference, Carry = (stream, message) => CutInsteadOf(message.FeatureChunk?.Offset == 600 && !cut && (cut = true), stream, message) };
        await using QwenVlClient client = await Conversation.ConnectAsync(server.Network().Server);

        CloudFeatures features = await client.GetFeaturesAsync(Image, Options(Route.CloudFeatures));

        Assert.Equal(Reference.Features.Values, features.Features.Values);
        Assert.Equal(600, server.Asked.Last().FeaturesFrom);
        Assert.Equal(TotalBytes + ScriptedServer.ChunkBytes, server.FeatureBytes);
    }

    private static GenerateOptions Options(Route route) => new() { Route = route, MaxNewTokens = MaxNewTokens, FeatureEncoding = FeatureEncoding.Float16 };

    private static FeatureChunk Chunk(FeatureChunk like, int from, int to)
    {
        byte[] data = FeatureCodec.Encode(Reference.Features, FeatureEncoding.Float16, ScriptedServer.StripeRows)[from..to];
        return new FeatureChunk { QuestionId = like.QuestionId, ImageId = like.ImageId, Offset = from, Data = Google.Protobuf.ByteString.CopyFrom(data), Crc32C = Crc32C.Compute(data) };
    }

    private static Task CutInsteadOf(bool it, FakeStream stream, ServerMessage message)
    {
        if (it) throw new RpcException(new Status(StatusCode.Unavailable, "cut"));
        stream.Send(message);
        return Task.CompletedTask;
    }
}
