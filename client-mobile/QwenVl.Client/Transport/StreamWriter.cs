using System.Threading.Channels;
using Grpc.Core;
using QwenVl.Protos.V1;

namespace QwenVl.Client.Transport;

/// <summary>The one writer of a stream: messages wait in a short queue, so a slow line holds callers back instead of filling memory.</summary>
internal sealed class StreamWriter(IClientStreamWriter<ClientMessage> stream)
{
    private const int QueueLength = 16;

    private readonly Channel<ClientMessage> _queue = Channel.CreateBounded<ClientMessage>(
        new BoundedChannelOptions(QueueLength) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });

    /// <summary>Queues a message, waiting for room.</summary>
    /// <exception cref="ChannelClosedException">The stream has ended.</exception>
    public ValueTask SendAsync(ClientMessage message, CancellationToken cancellationToken) => _queue.Writer.WriteAsync(message, cancellationToken);

    /// <summary>Refuses further messages; those that wait are still written.</summary>
    public void Complete() => _queue.Writer.TryComplete();

    /// <summary>Writes until <see cref="Complete"/>, then ends the client's half of the stream.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            await foreach (ClientMessage message in _queue.Reader.ReadAllAsync(cancellationToken).ConfigureAwait(false))
                await stream.WriteAsync(message, cancellationToken).ConfigureAwait(false);
            await stream.CompleteAsync().ConfigureAwait(false);
        }
        catch (Exception error) when (error is RpcException or InvalidOperationException or OperationCanceledException or IOException)
        {
            // The reader of the same stream learns why it ended; here only the queue must not hold anybody any longer.
            _queue.Writer.TryComplete(error);
        }
    }
}
