using System.Security.Cryptography;
using Google.Protobuf;
using Grpc.Core;
using QwenVl.Model.Features;
using QwenVl.Protos.V1;

namespace QwenVl.Tests.Server.Fakes;

/// <summary>One stream, message by message.</summary>
internal sealed class TestStream : IDisposable
{
    private readonly RunningServer _server;
    private readonly AsyncDuplexStreamingCall<ClientMessage, ServerMessage> _call;

    private TestStream(RunningServer server, CallOptions options)
    {
        _server = server;
        _call = new VisionLanguage.VisionLanguageClient(server.Channel).Converse(options);
    }

    public static TestStream Open(RunningServer server, CallOptions options = default) => new(server, options);

    /// <summary>A stream that has said hello for the second of the server's towers.</summary>
    public static async Task<TestStream> GreetAsync(RunningServer server, CallOptions options = default)
    {
        TestStream stream = Open(server, options);
        await stream.SendAsync(stream.Hello());
        Assert.NotNull((await stream.ReadAsync()).Welcome);
        return stream;
    }

    public ClientMessage Hello(string? fingerprint = null, string? tokenizer = null, uint version = 1) => new()
    {
        Hello = new Hello
        {
            ProtocolVersion = version,
            ClientCheckpointFingerprint = fingerprint ?? _server.Models.ClientTowers.Values.First().Fingerprint.Model,
            TokenizerFingerprint = tokenizer ?? _server.Models.Model.Tower.Fingerprint.Tokenizer,
            ClientName = "test",
        },
    };

    public Task SendAsync(ClientMessage message) => _call.RequestStream.WriteAsync(message).WaitAsync(Waiting.Limit);

    public Task CompleteAsync() => _call.RequestStream.CompleteAsync();

    /// <summary>The next message.</summary>
    public async Task<ServerMessage> ReadAsync()
    {
        Assert.True(await _call.ResponseStream.MoveNext(CancellationToken.None).WaitAsync(Waiting.Limit), "The stream ended.");
        return _call.ResponseStream.Current;
    }

    /// <summary>Every message until the stream's end, which is in order.</summary>
    public async Task<List<ServerMessage>> ReadToEndAsync()
    {
        var messages = new List<ServerMessage>();
        while (await _call.ResponseStream.MoveNext(CancellationToken.None).WaitAsync(Waiting.Limit)) messages.Add(_call.ResponseStream.Current);
        return messages;
    }

    /// <summary>The status that the stream ends with.</summary>
    public Task<RpcException> FailureAsync() => Assert.ThrowsAsync<RpcException>(ReadToEndAsync);

    public static ClientMessage Start(uint id, byte[] file) => new()
    {
        ImageStart = new ImageStart { ImageId = id, TotalBytes = file.Length, Md5 = ByteString.CopyFrom(Md5(file)), Sha256 = ByteString.CopyFrom(SHA256.HashData(file)) },
    };

    public static ClientMessage Chunk(uint id, byte[] file, int offset, int length) => new()
    {
        ImageChunk = new ImageChunk { ImageId = id, Offset = offset, Data = ByteString.CopyFrom(file, offset, length), Crc32C = Crc32C.Compute(file.AsSpan(offset, length)) },
    };

    /// <summary>Announces and uploads a picture; what the server says of it is still to be read.</summary>
    public async Task SendImageAsync(uint id, byte[] file, int chunk = 1000)
    {
        await SendAsync(Start(id, file));
        Assert.Equal(id, (await ReadAsync()).ImageNeeded.ImageId);
        for (int at = 0; at < file.Length; at += chunk) await SendAsync(Chunk(id, file, at, Math.Min(chunk, file.Length - at)));
    }

    /// <summary>Uploads a picture that is accepted.</summary>
    public async Task<ImageReady> UploadAsync(uint id, byte[] file)
    {
        await SendImageAsync(id, file);
        return (await ReadAsync()).ImageReady;
    }

    /// <summary>Asks and reads all that comes until the question's end.</summary>
    public async Task<TestAnswer> AskAsync(Ask ask)
    {
        await SendAsync(new ClientMessage { Ask = ask });
        return await AnswerAsync();
    }

    /// <summary>Reads until a question's end.</summary>
    public async Task<TestAnswer> AnswerAsync()
    {
        var messages = new List<ServerMessage>();
        do messages.Add(await ReadAsync());
        while (messages[^1].MessageCase is not (ServerMessage.MessageOneofCase.Finished or ServerMessage.MessageOneofCase.HandedOff or ServerMessage.MessageOneofCase.QuestionFailed));
        return new TestAnswer(messages);
    }

    public void Dispose() => _call.Dispose();

#pragma warning disable CA5351 // the protocol's index, not a protection
    private static byte[] Md5(byte[] file) => MD5.HashData(file);
#pragma warning restore CA5351 // end of the index
}
