using Grpc.Core;
using QwenVl.Protos.V1;
using QwenVl.Server.Streaming;
using QwenVl.Tests.Server.Fakes;

namespace QwenVl.Tests.Server.Streaming;

public sealed class OutgoingMessagesTests
{
    private readonly Writer _writer = new();

    [Fact]
    public async Task Tokens_pass_the_features_that_wait_and_an_end_passes_nothing()
    {
        var outgoing = new OutgoingMessages(_writer, TimeSpan.FromMinutes(1), TimeProvider.System);
        Task pump = outgoing.PumpAsync(CancellationToken.None);
        await outgoing.WriteAsync(new ServerMessage { FeatureChunk = new FeatureChunk() }, CancellationToken.None);
        await _writer.Begun.Task.WaitAsync(Waiting.Limit);
        for (int i = 1; i < 3; i++) await outgoing.WriteAsync(new ServerMessage { FeatureChunk = new FeatureChunk { Offset = i } }, CancellationToken.None);
        await outgoing.WriteFirstAsync(new ServerMessage { Tokens = new Tokens { FirstIndex = 0 } }, CancellationToken.None);
        await outgoing.WriteFirstAsync(new ServerMessage { Tokens = new Tokens { FirstIndex = 1 } }, CancellationToken.None);
        await outgoing.WriteAsync(new ServerMessage { Finished = new Finished() }, CancellationToken.None);

        _writer.Open.SetResult();
        outgoing.Complete();
        await pump;

        Assert.Equal(
            [ServerMessage.MessageOneofCase.FeatureChunk, ServerMessage.MessageOneofCase.Tokens, ServerMessage.MessageOneofCase.Tokens, ServerMessage.MessageOneofCase.FeatureChunk, ServerMessage.MessageOneofCase.FeatureChunk, ServerMessage.MessageOneofCase.Finished],
            _writer.Written.Select(message => message.MessageCase));
        Assert.Equal([0, 1], _writer.Written.Where(message => message.Tokens is not null).Select(message => message.Tokens.FirstIndex));
    }

    private sealed class Writer : IServerStreamWriter<ServerMessage>
    {
        public TaskCompletionSource Begun { get; } = new();

        public TaskCompletionSource Open { get; } = new();

        public List<ServerMessage> Written { get; } = [];

        public WriteOptions? WriteOptions { get; set; }

        public async Task WriteAsync(ServerMessage message)
        {
            Begun.TrySetResult();
            await Open.Task;
            Written.Add(message);
        }
    }
}
