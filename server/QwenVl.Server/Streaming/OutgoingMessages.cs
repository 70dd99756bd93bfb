using System.Threading.Channels;
using Grpc.Core;
using QwenVl.Protos.V1;
using QwenVl.Runtime.Errors;

namespace QwenVl.Server.Streaming;

/// <summary>The one writer of a stream: messages wait in a bounded queue, so a slow reader slows its own questions and nobody else's.</summary>
internal sealed class OutgoingMessages(IServerStreamWriter<ServerMessage> writer, TimeSpan slowReaderTimeout, TimeProvider time)
{
    private const int QueueLength = 32;
    private readonly Channel<ServerMessage> _queue = Channel.CreateBounded<ServerMessage>(new BoundedChannelOptions(QueueLength) { SingleReader = true });

    /// <summary>Queues a message, waiting for a place.</summary>
    public ValueTask WriteAsync(ServerMessage message, CancellationToken cancellation) => _queue.Writer.WriteAsync(message, cancellation);

    /// <summary>No message follows; the pump ends when all are written.</summary>
    public void Complete() => _queue.Writer.TryComplete();

    /// <summary>Writes until completed.</summary>
    /// <exception cref="RequestException">The client left a message unread for too long.</exception>
    public async Task PumpAsync(CancellationToken cancellation)
    {
        try
        {
            await foreach (ServerMessage message in _queue.Reader.ReadAllAsync(cancellation))
            {
                // Without the token: a write that is cancelled aborts the call, and its status would never arrive.
#pragma warning disable CA2016 // see above
                await writer.WriteAsync(message).WaitAsync(slowReaderTimeout, time, cancellation);
#pragma warning restore CA2016 // end of the exception
            }
        }
        catch (TimeoutException)
        {
            throw RequestException.Exhausted(RequestReason.SlowReader, $"No message was read for {slowReaderTimeout.TotalSeconds:0} s.");
        }
        finally
        {
            _queue.Writer.TryComplete(new OperationCanceledException("The stream is ending."));
        }
    }
}
