using System.Collections.Concurrent;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using QwenVl.Client.Images;
using QwenVl.Model.Features;
using QwenVl.Model.Vision;
using QwenVl.Protos.V1;
using QwenVl.Server.Streaming;

namespace QwenVl.Tests.Client.Fakes;

/// <summary>The server's side of the protocol, in the order and with the mistakes that a test wants.</summary>
internal sealed class ScriptedServer
{
    public const int ChunkBytes = 300;

    private int _questions;
    private int _streams;

    /// <summary>Neither all rows nor a divisor of them, and no multiple of a chunk.</summary>
    public const int StripeRows = 5;

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

    /// <summary>Brings what goes out to the client, or breaks the stream on the way.</summary>
    public Func<FakeStream, ServerMessage, Task> Carry { get; init; } = (stream, message) =>
    {
        stream.Send(message);
        return Task.CompletedTask;
    };

    public Welcome Welcome { get; init; } = new()
    {
        ProtocolVersion = 1,
        TokenizerFingerprint = TinyModel.Device().TokenizerFingerprint,
        FeatureCheckpointFingerprints = { TinyModel.Device().Fingerprint },
        Limits = new Limits { MaxUploadChunkBytes = 100 },
    };

    /// <summary>What a client asked for that it must not.</summary>
    public ConcurrentQueue<string> Problems { get; } = [];

    /// <summary>Questions as they came.</summary>
    public ConcurrentQueue<Ask> Asked { get; } = [];

    /// <summary>Bytes of features sent.</summary>
    public int FeatureBytes { get; private set; }

    /// <summary>Questions under way.</summary>
    public int Questions => Volatile.Read(ref _questions);

    /// <summary>Streams that are open.</summary>
    public int Streams => Volatile.Read(ref _streams);

    public FakeStream Open() => new(RunAsync);

    public FakeNetwork Network() => new(_ => Open());

    /// <summary>Plays the server on a stream.</summary>
    public async Task RunAsync(FakeStream stream)
    {
        Interlocked.Increment(ref _streams);
        try
        {
            await ConverseAsync(stream);
        }
        finally
        {
            Interlocked.Decrement(ref _streams);
        }
    }

    private async Task ConverseAsync(FakeStream stream)
    {
        if ((await stream.ReadAsync())?.Hello is null) return;
        await Carry(stream, new ServerMessage { Welcome = Welcome.Clone() });
        var upload = new MemoryStream();
        while (await stream.ReadAsync() is { } message)
        {
            switch (message.MessageCase)
            {
                case ClientMessage.MessageOneofCase.ImageStart:
                    upload.SetLength(0);
                    await Carry(stream, new ServerMessage { ImageNeeded = new ImageNeeded { ImageId = message.ImageStart.ImageId } });
                    break;
                case ClientMessage.MessageOneofCase.ImageChunk:
                    if (upload.Length != message.ImageChunk.Offset || Crc32C.Compute(message.ImageChunk.Data.Span) != message.ImageChunk.Crc32C)
                        throw Ended(Google.Rpc.Code.InvalidArgument, "CHUNK_CHECKSUM", null);
                    upload.Write(message.ImageChunk.Data.Span);
                    break;
                case ClientMessage.MessageOneofCase.Ask:
                    Asked.Enqueue(message.Ask);
                    if (!upload.ToArray().AsSpan().SequenceEqual(Image.Bytes.Span)) Problems.Enqueue("asked about a picture that is not there");
                    if (!Answer.Tokens.Take(message.Ask.AnswerPrefix.Count).SequenceEqual(message.Ask.AnswerPrefix)) Problems.Enqueue("asked to go on after another answer");
                    Interlocked.Increment(ref _questions);
                    try
                    {
                        await AnswerAsync(stream, message.Ask);
                    }
                    finally
                    {
                        Interlocked.Decrement(ref _questions);
                    }

                    break;
            }
        }
    }

    /// <summary>The error that ends a stream, as the server words it.</summary>
    public static RpcException Ended(Google.Rpc.Code code, string reason, TimeSpan? retryAfter)
    {
        var status = new Google.Rpc.Status { Code = (int)code, Message = reason };
        status.Details.Add(Any.Pack(new Google.Rpc.ErrorInfo { Domain = "qwenvl", Reason = reason }));
        if (retryAfter is { } wait) status.Details.Add(Any.Pack(new Google.Rpc.RetryInfo { RetryDelay = Duration.FromTimeSpan(wait) }));
        return status.ToRpcException();
    }

    private async Task AnswerAsync(FakeStream stream, Ask ask)
    {
        uint id = ask.QuestionId;
        Queue<ServerMessage> features = ask.Features == FeatureType.Unspecified ? [] : Features(id, ask);
        int count = ask.AnswerPrefix.Count, sent = 0, all = Answer.Tokens.Length;
        int handOverAt = ask.TakeOverAt > 0 ? Math.Max(ask.TakeOverAt, count) : int.MaxValue;
        var random = new Random(Shuffle ?? 0);
        while (true)
        {
            while (stream.TryRead(out ClientMessage? message))
            {
                if (message!.Cancel?.QuestionId == id) return;
                handOverAt = Math.Min(handOverAt, HandOverIndex(message, count));
            }

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
                int[] ids = [.. Answer.Tokens.Skip(count).Take(length)];
                await SendAsync(stream, new ServerMessage { Tokens = new Tokens { QuestionId = id, FirstIndex = count, Ids = { ids }, Crc32C = TokensChecksum.Compute(count, ids) } });
                count += length;
            }
            else
            {
                ServerMessage feature = features.Dequeue();
                FeatureBytes += feature.FeatureChunk?.Data.Length ?? 0;
                if (features.Count == 0) await BeforeLastChunk();
                await SendAsync(stream, feature);
            }
        }

        await SendAsync(stream, new ServerMessage { Timings = new ServerTimings { QuestionId = id, TotalSeconds = 1, GeneratedTokens = count } });
        await SendAsync(stream, !ask.Tokens ? Finished(ask, Protos.V1.Finished.Types.Reason.FeaturesOnly, 0)
            : handOverAt <= count ? new ServerMessage { HandedOff = new HandedOff { QuestionId = id, Count = count } }
            : Finished(ask, Answer.Stopped ? Protos.V1.Finished.Types.Reason.Stop : Protos.V1.Finished.Types.Reason.Length, count));
    }

    private static ServerMessage Finished(Ask ask, Finished.Types.Reason reason, int count) =>
        new() { Finished = new Finished { QuestionId = ask.QuestionId, Reason = reason, Count = count } };

    private int HandOverIndex(ClientMessage message, int written) =>
        message.TakeOver is { } takeOver ? (int)Math.Min(int.MaxValue, (long)Math.Max(takeOver.NextIndex, written) + Overrun) : int.MaxValue;

    private Task SendAsync(FakeStream stream, ServerMessage message) => Change(message) is { } changed ? Carry(stream, changed) : Task.CompletedTask;

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
            FirstOffset = new HeldFeatures(ask.FeaturesFrom, ask.FeaturesSha256.Memory).Of(bytes),
        };
        var messages = new Queue<ServerMessage>([new ServerMessage { FeatureHeader = header }]);
        for (int at = (int)header.FirstOffset; at < bytes.Length; at += ChunkBytes)
        {
            byte[] data = bytes[at..Math.Min(at + ChunkBytes, bytes.Length)];
            messages.Enqueue(new ServerMessage { FeatureChunk = new FeatureChunk { QuestionId = id, ImageId = ask.ImageIds[0], Offset = at, Data = ByteString.CopyFrom(data), Crc32C = Crc32C.Compute(data) } });
        }

        return messages;
    }
}
