using Google.Protobuf;
using QwenVl.Client.Images;
using QwenVl.Model.Features;
using QwenVl.Model.Vision;
using QwenVl.Protos.V1;

namespace QwenVl.Tests.Client.Fakes;

/// <summary>The server's side of the protocol, in the order and with the mistakes that a test wants.</summary>
internal sealed class ScriptedServer
{
    private const int ChunkBytes = 300;

    /// <summary>Neither all rows nor a divisor of them, and no multiple of a chunk.</summary>
    private const int StripeRows = 5;

    public required ClientImage Image { get; init; }

    public required ReferenceAnswer Answer { get; init; }

    /// <summary>Tokens before it waits for a TakeOver; it hands over at the index asked for, or later by <see cref="Overrun"/>.</summary>
    public int WaitAt { get; init; } = int.MaxValue;

    /// <summary>Tokens written past the index that the client asked for.</summary>
    public int Overrun { get; init; }

    /// <summary>Shuffles chunks and tokens among each other, each kept in its order.</summary>
    public int? Shuffle { get; init; }

    /// <summary>Breaks the stream before the message of this number.</summary>
    public int BreakBefore { get; init; } = int.MaxValue;

    /// <summary>Waited for before the last feature chunk goes out.</summary>
    public Func<Task> BeforeLastChunk { get; init; } = () => Task.CompletedTask;

    /// <summary>Changes or drops what goes out after the handshake.</summary>
    public Func<ServerMessage, ServerMessage?> Change { get; init; } = message => message;

    public Welcome Welcome { get; init; } = new()
    {
        ProtocolVersion = 1,
        TokenizerFingerprint = TinyModel.Device().TokenizerFingerprint,
        FeatureCheckpointFingerprints = { TinyModel.Device().Fingerprint },
        Limits = new Limits { MaxUploadChunkBytes = 100 },
    };

    public FakeStream Open() => new(RunAsync);

    private async Task RunAsync(FakeStream stream)
    {
        Assert.NotNull((await stream.ReadAsync())?.Hello);
        stream.Send(new ServerMessage { Welcome = Welcome });
        var upload = new MemoryStream();
        while (await stream.ReadAsync() is { } message)
        {
            switch (message.MessageCase)
            {
                case ClientMessage.MessageOneofCase.ImageStart:
                    stream.Send(new ServerMessage { ImageNeeded = new ImageNeeded { ImageId = message.ImageStart.ImageId } });
                    break;
                case ClientMessage.MessageOneofCase.ImageChunk:
                    Assert.Equal(upload.Length, message.ImageChunk.Offset);
                    Assert.Equal(Crc32C.Compute(message.ImageChunk.Data.Span), message.ImageChunk.Crc32C);
                    upload.Write(message.ImageChunk.Data.Span);
                    break;
                case ClientMessage.MessageOneofCase.Ask:
                    Assert.Equal(Image.Bytes.ToArray(), upload.ToArray());
                    await AnswerAsync(stream, message.Ask);
                    break;
            }
        }
    }

    private async Task AnswerAsync(FakeStream stream, Ask ask)
    {
        uint id = ask.QuestionId;
        Queue<ServerMessage> features = ask.Features == FeatureType.Unspecified ? [] : Features(id, ask);
        int count = 0, sent = 0, handOverAt = int.MaxValue, all = Answer.Tokens.Length;
        var random = new Random(Shuffle ?? 0);
        while (true)
        {
            while (stream.TryRead(out ClientMessage? message)) handOverAt = Math.Min(handOverAt, HandOverIndex(message!, count));
            int most = Math.Min(all, handOverAt == int.MaxValue ? WaitAt : handOverAt);
            bool hasToken = ask.Tokens && count < most, hasFeatures = features.Count > 0;
            if (!hasToken && !hasFeatures)
            {
                if (!ask.Tokens || count == all || handOverAt < int.MaxValue) break;
                ClientMessage? message = await stream.ReadAsync();
                if (message?.TakeOver is null) return;
                handOverAt = HandOverIndex(message, count);
                continue;
            }

            if (sent++ == BreakBefore)
            {
                stream.Break();
                return;
            }

            if (hasToken && (!hasFeatures || (Shuffle is not null && random.Next(3) == 0)))
            {
                int length = Math.Min(Shuffle is null ? 1 : random.Next(1, 4), most - count);
                Send(stream, new ServerMessage { Tokens = new Tokens { QuestionId = id, FirstIndex = count, Ids = { Answer.Tokens.Skip(count).Take(length) } } });
                count += length;
            }
            else
            {
                ServerMessage feature = features.Dequeue();
                if (features.Count == 0) await BeforeLastChunk();
                Send(stream, feature);
            }
        }

        Send(stream, new ServerMessage { Timings = new ServerTimings { QuestionId = id, TotalSeconds = 1, GeneratedTokens = count } });
        Send(stream, !ask.Tokens ? Finished(ask, Protos.V1.Finished.Types.Reason.FeaturesOnly, 0)
            : handOverAt <= count ? new ServerMessage { HandedOff = new HandedOff { QuestionId = id, Count = count } }
            : Finished(ask, Answer.Stopped ? Protos.V1.Finished.Types.Reason.Stop : Protos.V1.Finished.Types.Reason.Length, count));
    }

    private static ServerMessage Finished(Ask ask, Finished.Types.Reason reason, int count) =>
        new() { Finished = new Finished { QuestionId = ask.QuestionId, Reason = reason, Count = count } };

    private int HandOverIndex(ClientMessage message, int written) =>
        message.TakeOver is { } takeOver ? (int)Math.Min(int.MaxValue, (long)Math.Max(takeOver.NextIndex, written) + Overrun) : int.MaxValue;

    private void Send(FakeStream stream, ServerMessage message)
    {
        if (Change(message) is { } changed) stream.Send(changed);
    }

    private Queue<ServerMessage> Features(uint id, Ask ask)
    {
        var encoding = (FeatureEncoding)(int)ask.Features;
        byte[] bytes = FeatureCodec.Encode(Answer.Features, encoding, StripeRows);
        ImageGrid grid = Answer.Features.Grid;
        var header = new FeatureHeader
        {
            QuestionId = id,
            ImageId = ask.ImageIds[0],
            ProtocolVersion = FeatureLayout.Version,
            CheckpointFingerprint = TinyModel.Device().Fingerprint,
            PreprocessingVersion = ImagePreprocessor.Version,
            ImageMd5 = ByteString.CopyFrom(Image.Md5.Span),
            ImageSha256 = ByteString.CopyFrom(Image.Sha256.Span),
            ImageBytes = Image.Bytes.Length,
            OriginalWidth = TestPictures.Width,
            OriginalHeight = TestPictures.Height,
            GridHeight = grid.Height,
            GridWidth = grid.Width,
            Tokens = grid.Tokens,
            Width = TinyModel.Width,
            Taps = { TinyModel.Config.Vision.TapIndexes },
            Type = ask.Features,
            ChunkBytes = ChunkBytes,
            TotalBytes = bytes.Length,
            StripeRows = StripeRows,
        };
        var messages = new Queue<ServerMessage>([new ServerMessage { FeatureHeader = header }]);
        for (int at = 0; at < bytes.Length; at += ChunkBytes)
        {
            byte[] data = bytes[at..Math.Min(at + ChunkBytes, bytes.Length)];
            messages.Enqueue(new ServerMessage { FeatureChunk = new FeatureChunk { QuestionId = id, ImageId = ask.ImageIds[0], Offset = at, Data = ByteString.CopyFrom(data), Crc32C = Crc32C.Compute(data) } });
        }

        return messages;
    }
}
