using System.Threading.Channels;
using Grpc.Core;
using QwenVl.Protos.V1;
using QwenVl.Runtime.Errors;

namespace QwenVl.Server.Streaming;

/// <summary>
/// The one writer of a stream: messages wait in bounded queues, so a slow reader slows its own questions and nobody
/// else's. Tokens, and what an upload waits for, have a queue of their own that goes first: on a slow network they would
/// else wait for all the features before them. What ends a question is queued behind its features, after its tokens were
/// queued: it comes last.
/// </summary>
internal sealed class OutgoingMessages(IServerStreamWriter<ServerMessage> writer, TimeSpan slowReaderTimeout, TimeProvider time)
{
    private const int QueueLength = 32;
    private readonly Channel<ServerMessage> _first = Channel.CreateBounded<ServerMessage>(new BoundedChannelOptions(QueueLength) { SingleReader = true });
    private readonly Channel<ServerMessage> _queue = Channel.CreateBounded<ServerMessage>(new BoundedChannelOptions(QueueLength) { SingleReader = true });

    /// <summary>A mark for each message in either queue, made after it was queued: whoever takes one finds a message.</summary>
    private readonly Channel<bool> _marks = Channel.CreateUnbounded<bool>(new UnboundedChannelOptions { SingleReader = true });

    /// <summary>Queues a message, waiting for a place.</summary>
    public ValueTask WriteAsync(ServerMessage message, CancellationToken cancellation) => WriteAsync(_queue, message, cancellation);

    /// <summary>Queues a message that goes before all that wait in the other queue, waiting for a place.</summary>
    public ValueTask WriteFirstAsync(ServerMessage message, CancellationToken cancellation) => WriteAsync(_first, message, cancellation);

    /// <summary>No message follows; the pump ends when all are written.</summary>
    public void Complete() => Complete(null);

    /// <summary>Writes until completed.</summary>
    /// <exception cref="RequestException">The client left a message unread for too long.</exception>
    public async Task PumpAsync(CancellationToken cancellation)
    {
        try
        {
            await foreach (bool _ in _marks.Reader.ReadAllAsync(cancellation))
            {
                if (!_first.Reader.TryRead(out ServerMessage? message) && !_queue.Reader.TryRead(out message)) continue;
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
            Complete(new OperationCanceledException("The stream is ending."));
        }
    }

    private async ValueTask WriteAsync(Channel<ServerMessage> queue, ServerMessage message, CancellationToken cancellation)
    {
        await queue.Writer.WriteAsync(message, cancellation);
        _marks.Writer.TryWrite(true);
    }

    private void Complete(Exception? error)
    {
        _first.Writer.TryComplete(error);
        _queue.Writer.TryComplete(error);
        _marks.Writer.TryComplete();
    }
}
