using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Google.Rpc;
using Grpc.Core;
using QwenVl.Client;
using QwenVl.Client.Answers;
using QwenVl.Client.Images;
using QwenVl.Model.Sampling;
using QwenVl.Protos.V1;
using QwenVl.Tests.Client.Fakes;

namespace QwenVl.Tests.Client.Transport;

public sealed class StreamErrorTests
{
    private static readonly ClientImage Image = TestPictures.Image;
    private static readonly ReferenceAnswer Reference = ReferenceAnswer.Of(Image, "Error", SamplingParameters.Greedy, 24);

    public static TheoryData<string, QwenVlErrorCode, bool> Mistakes => new()
    {
        { "bad checksum", QwenVlErrorCode.ProtocolViolation, false },
        { "chunk left out", QwenVlErrorCode.ProtocolViolation, false },
        { "chunk twice", QwenVlErrorCode.ProtocolViolation, false },
        { "other checkpoint", QwenVlErrorCode.FeaturesMismatch, true },
        { "other picture", QwenVlErrorCode.FeaturesMismatch, true },
        { "other grid", QwenVlErrorCode.FeaturesMismatch, true },
        { "huge", QwenVlErrorCode.FeaturesMismatch, true },
        { "question failed", QwenVlErrorCode.PromptTooLong, true },
    };

    public static TheoryData<string> TokenMistakes => ["token left out", "token twice", "unknown token", "token damaged", "handoff short"];

    [Theory]
    [MemberData(nameof(Mistakes))]
    public async Task A_mistake_that_a_server_makes_always_ends_the_answer_with_its_code(string mistake, QwenVlErrorCode code, bool connected)
    {
        var server = new ScriptedServer { Image = Image, Answer = Reference, WaitAt = 6, Change = message => Spoil(message, mistake) };
        FakeNetwork network = server.Network();
        await using QwenVlClient client = await Conversation.ConnectAsync(network.Server);

        var error = await Assert.ThrowsAsync<QwenVlException>(async () => await Conversation.ReadAsync(await client.GenerateAsync(Image, "Error", new GenerateOptions { Route = Route.Hybrid, MaxNewTokens = 24 })));

        Assert.Equal(code, error.Code);
        Assert.Equal(connected, client.IsConnected);
        // What cannot be trusted is asked for again on another stream, a bounded number of times; what does not fit is not.
        Assert.Equal(connected ? 1 : 1 + Conversation.Options.MaxReconnects, network.Calls);
    }

    [Theory]
    [MemberData(nameof(TokenMistakes))]
    public async Task A_mistake_among_the_tokens_leaves_the_answer_to_the_device_that_has_the_features(string mistake)
    {
        var server = new ScriptedServer { Image = Image, Answer = Reference, WaitAt = 6, Change = message => Spoil(message, mistake) };
        await using QwenVlClient client = await Conversation.ConnectAsync(server.Network().Server);

        (_, AnswerSummary summary) = await Conversation.ReadAsync(await client.GenerateAsync(Image, "Error", new GenerateOptions { MaxNewTokens = 24 }));

        Assert.Equal(Reference.Text, summary.Text);
        Assert.True(summary.ConnectionLost);
        Assert.Equal(0, summary.Reconnects);
    }

    [Theory]
    [MemberData(nameof(TokenMistakes))]
    public async Task A_mistake_among_the_tokens_that_is_made_once_is_mended_by_asking_again(string mistake)
    {
        bool made = false;
        var server = new ScriptedServer { Image = Image, Answer = Reference, Change = Once };
        await using QwenVlClient client = await Conversation.ConnectAsync(server.Network().Server);

        (_, AnswerSummary summary) = await Conversation.ReadAsync(await client.GenerateAsync(Image, "Error", new GenerateOptions { MaxNewTokens = 24, Route = Route.CloudOnly }));

        Assert.Equal(Reference.Text, summary.Text);
        Assert.Equal(made ? 1 : 0, summary.Reconnects);
        Assert.Equal(mistake != "handoff short", made);

        ServerMessage? Once(ServerMessage message)
        {
            if (made) return message;
            ServerMessage? spoiled = Spoil(message.Clone(), mistake);
            made = !Equals(spoiled, message);
            return spoiled;
        }
    }

    [Fact]
    public async Task A_stream_that_breaks_before_the_features_and_cannot_be_opened_again_fails_after_the_tokens_that_came()
    {
        var server = new ScriptedServer { Image = Image, Answer = Reference, Shuffle = 3, BreakBefore = 3 };
        await using QwenVlClient client = await Conversation.ConnectAsync(server.Open());
        await using Answer answer = await client.GenerateAsync(Image, "Error", new GenerateOptions { Route = Route.Hybrid });

        var error = await Assert.ThrowsAsync<QwenVlException>(() => answer.GetSummaryAsync());
        Answer another = await client.GenerateAsync(Image, "Error", new GenerateOptions { Route = Route.Hybrid });
        var again = await Assert.ThrowsAsync<QwenVlException>(() => another.GetSummaryAsync());

        Assert.Equal(QwenVlErrorCode.ConnectionLost, error.Code);
        Assert.Equal(QwenVlErrorCode.ConnectionFailed, again.Code);
        Assert.False(client.IsConnected);
    }

    [Fact]
    public async Task Cancelling_tells_the_server_and_frees_the_device()
    {
        var server = new ScriptedServer { Image = Image, Answer = Reference, WaitAt = 3 };
        FakeStream stream = server.Open();
        using var cancel = new CancellationTokenSource();
        await using QwenVlClient client = await Conversation.ConnectAsync(stream);
        Answer answer = await client.GenerateAsync(Image, "Error", new GenerateOptions { Route = Route.Hybrid, TakeOverAfter = 1000, MaxNewTokens = 24 }, cancel.Token);
        IAsyncEnumerator<AnswerToken> tokens = answer.GetAsyncEnumerator();
        Assert.True(await tokens.MoveNextAsync());

        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => answer.GetSummaryAsync());
        await client.DisposeAsync();
        Assert.Contains(stream.Received, message => message.Cancel?.QuestionId == 1);
    }

    [Fact]
    public async Task A_picture_goes_up_once_for_several_questions()
    {
        FakeStream stream = new ScriptedServer { Image = Image, Answer = Reference, WaitAt = 2 }.Open();
        await using QwenVlClient client = await Conversation.ConnectAsync(stream);

        for (int i = 0; i < 3; i++)
        {
            (_, AnswerSummary summary) = await Conversation.ReadAsync(await client.GenerateAsync(Image, "Error", new GenerateOptions { Route = Route.Hybrid, MaxNewTokens = 24, TakeOverAfter = 2 }));
            Assert.Equal(Reference.Text, summary.Text);
            Assert.Equal(i == 0, summary.Timings.Upload is not null);
        }

        Assert.Single(stream.Received, message => message.ImageStart is not null);
        Assert.Equal(Image.Bytes.Length, stream.Received.Sum(message => message.ImageChunk?.Data.Length ?? 0));
    }

    [Fact]
    public async Task A_server_that_does_not_fit_is_refused_with_its_code()
    {
        var good = new ScriptedServer { Image = Image, Answer = Reference }.Welcome;
        Welcome version = good.Clone(), checkpoint = good.Clone(), tokenizer = good.Clone();
        version.ProtocolVersion = 2;
        checkpoint.FeatureCheckpointFingerprints[0] = "other";
        tokenizer.TokenizerFingerprint = "other";

        foreach ((Welcome welcome, QwenVlErrorCode code) in ((Welcome, QwenVlErrorCode)[])
            [(version, QwenVlErrorCode.VersionMismatch), (checkpoint, QwenVlErrorCode.CheckpointMismatch), (tokenizer, QwenVlErrorCode.TokenizerMismatch)])
        {
            var server = new ScriptedServer { Image = Image, Answer = Reference, Welcome = welcome };
            Assert.Equal(code, (await Assert.ThrowsAsync<QwenVlException>(() => Conversation.ConnectAsync(server.Open()))).Code);
        }
    }

    [Theory]
    [InlineData(Code.FailedPrecondition, "FINGERPRINT_UNKNOWN", QwenVlErrorCode.CheckpointMismatch)]
    [InlineData(Code.Unavailable, null, QwenVlErrorCode.ConnectionFailed)]
    [InlineData(Code.ResourceExhausted, "QUEUE_FULL", QwenVlErrorCode.LimitExceeded)]
    public async Task A_refused_handshake_says_the_servers_reason(Code status, string? reason, QwenVlErrorCode code)
    {
        var refusal = new Google.Rpc.Status { Code = (int)status, Message = "no" };
        if (reason is not null) refusal.Details.Add(Any.Pack(new ErrorInfo { Domain = "qwenvl", Reason = reason }));

        var error = await Assert.ThrowsAsync<QwenVlException>(() => Conversation.ConnectAsync(new FakeStream(_ => throw refusal.ToRpcException())));

        Assert.Equal(code, error.Code);
        Assert.Equal(reason, error.ServerReason);
        Assert.Contains("no", error.Message, StringComparison.Ordinal);
    }

    private static ServerMessage? Spoil(ServerMessage message, string mistake)
    {
        FeatureHeader? header = message.FeatureHeader;
        FeatureChunk? chunk = message.FeatureChunk;
        switch (mistake)
        {
            case "bad checksum" when chunk is { Offset: > 0 }: chunk.Data = ByteString.CopyFrom([.. chunk.Data.Select(value => (byte)~value)]); break;
            case "chunk left out" when chunk?.Offset == 300: return null;
            case "chunk twice" when chunk?.Offset == 300: chunk.Offset = 0; break;
            case "other checkpoint" when header is not null: header.CheckpointFingerprint = "e"; break;
            case "other picture" when header is not null: header.ImageSha256 = ByteString.CopyFrom(new byte[32]); break;
            case "other grid" when header is not null: header.GridHeight += 2; break;
            case "huge" when header is not null: header.TotalBytes = 1L << 40; break;
            case "token left out" when message.Tokens?.FirstIndex == 2: return null;
            case "token twice" when message.Tokens?.FirstIndex == 3: message.Tokens.FirstIndex = 2; break;
            case "unknown token" when message.Tokens is not null:
                message.Tokens.Ids[0] = 100_000;
                message.Tokens.ClearCrc32C();
                break;
            case "token damaged" when message.Tokens is not null: message.Tokens.Ids[0] ^= 1; break;
            case "handoff short" when message.HandedOff is not null: message.HandedOff.Count--; break;
            case "question failed" when header is not null:
                return new ServerMessage { QuestionFailed = new QuestionFailed { QuestionId = header.QuestionId, Code = (int)Code.InvalidArgument, Reason = "PROMPT_TOO_LONG", Message = "too long" } };
        }

        return message;
    }
}
