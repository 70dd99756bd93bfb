using System.Collections.Concurrent;
using Google.Protobuf;
using Grpc.Core;
using QwenVl.Benchmarks.Load.Pictures;
using QwenVl.Model.Features;
using QwenVl.Protos.V1;

namespace QwenVl.Benchmarks.Load.Streaming;

/// <summary>
/// One stream, message by message: the wire protocol with nothing in between, so that times are those of messages. Any number
/// of questions may be under way.
/// </summary>
internal sealed class ConverseStream : IAsyncDisposable
{
    private const int DefaultChunkBytes = 64 * 1024;

    private readonly AsyncDuplexStreamingCall<ClientMessage, ServerMessage> _call;
    private readonly TimeProvider _time;
    private readonly TimeSpan _readDelay;
    private readonly CancellationTokenSource _ending;
    private readonly SemaphoreSlim _writing = new(1, 1);
    private readonly TaskCompletionSource<Welcome> _welcome = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ConcurrentDictionary<uint, IExchange> _exchanges = [];
    private readonly ConcurrentDictionary<uint, bool> _givenUp = [];
    private readonly ConcurrentDictionary<uint, Upload> _uploads = [];
    private readonly Task _reading;
    private Exception? _failure;
    private volatile bool _isOver;
    private int _images;
    private int _questions;
    private bool _hasCompleted;

    private ConverseStream(AsyncDuplexStreamingCall<ClientMessage, ServerMessage> call, TimeSpan readDelay, TimeProvider time, CancellationTokenSource ending)
    {
        (_call, _readDelay, _time, _ending) = (call, readDelay, time, ending);
        _reading = ReadAsync();
    }

    /// <summary>Whether nothing comes any more.</summary>
    public bool IsOver => _isOver;

    /// <summary>Pictures announced so far.</summary>
    public int Images => _images;

    /// <summary>What the server said first.</summary>
    public Welcome Welcome { get; private set; } = null!;

    /// <summary>Messages about no question and no picture of this stream.</summary>
    public int Strays { get; private set; }

    /// <summary>Opens a stream and says hello.</summary>
    /// <param name="connection">Carries it.</param>
    /// <param name="hello">The first message.</param>
    /// <param name="timeout">The call's deadline, from now; null: none.</param>
    /// <param name="readDelay">Waited before each message is read.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellation">Ends the call.</param>
    /// <exception cref="RpcException">The server cannot be reached or refuses.</exception>
    public static async Task<ConverseStream> OpenAsync(
        Connection connection, Hello hello, TimeSpan? timeout, TimeSpan readDelay, TimeProvider time, CancellationToken cancellation)
    {
        var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        DateTime? deadline = timeout is { } limit ? time.GetUtcNow().UtcDateTime + limit : null;
        var stream = new ConverseStream(connection.Client.Converse(new CallOptions(deadline: deadline, cancellationToken: ending.Token)), readDelay, time, ending);
        try
        {
            await stream.SendAsync(new ClientMessage { Hello = hello }, cancellation);
            stream.Welcome = await stream._welcome.Task.WaitAsync(cancellation);
            return stream;
        }
        catch
        {
            await stream.DisposeAsync();
            throw;
        }
    }

    /// <summary>Sends one message.</summary>
    /// <exception cref="RpcException">The stream has ended; the status says why.</exception>
    public async Task SendAsync(ClientMessage message, CancellationToken cancellation)
    {
        await _writing.WaitAsync(cancellation);
        try
        {
            // The deadline and the stream's end cancel the call; a write that is cancelled by itself would break it.
#pragma warning disable CA2016 // see above
            await _call.RequestStream.WriteAsync(message);
#pragma warning restore CA2016 // end of the exception
        }
        catch (Exception error) when (error is RpcException or InvalidOperationException or OperationCanceledException)
        {
            // What the reader gets has the status and its details; the writer only sees that the call is over.
            await _reading;
            throw _failure ?? error;
        }
        finally
        {
            _writing.Release();
        }
    }

    /// <summary>Announces a picture and sends it where it is needed.</summary>
    /// <returns>Its number in this stream, and what the server says of it.</returns>
    public async Task<(uint Id, Upload Upload)> SendPictureAsync(PictureFile file, CancellationToken cancellation)
    {
        uint id = (uint)Interlocked.Increment(ref _images);
        Upload upload = _uploads[id] = new Upload();
        await SendAsync(
            new ClientMessage { ImageStart = new ImageStart { ImageId = id, TotalBytes = file.Bytes.Length, Md5 = UnsafeByteOperations.UnsafeWrap(file.Md5), Sha256 = UnsafeByteOperations.UnsafeWrap(file.Sha256) } },
            cancellation);
        ServerMessage first = await upload.First.WaitAsync(cancellation);
        if (first.ImageNeeded is not { } needed) return (id, upload);
        int most = Welcome.Limits?.MaxUploadChunkBytes is > 0 and int limit ? Math.Min(limit, DefaultChunkBytes) : DefaultChunkBytes;
        for (int at = (int)needed.Offset; at < file.Bytes.Length; at += most)
        {
            ReadOnlyMemory<byte> data = file.Bytes.AsMemory(at, Math.Min(most, file.Bytes.Length - at));
            var chunk = new ImageChunk { ImageId = id, Offset = at, Data = UnsafeByteOperations.UnsafeWrap(data), Crc32C = Crc32C.Compute(data.Span) };
            await SendAsync(new ClientMessage { ImageChunk = chunk }, cancellation);
        }

        return (id, upload);
    }

    /// <summary>A number for the next question.</summary>
    public uint NextQuestion() => (uint)Interlocked.Increment(ref _questions);

    /// <summary>Asks; the exchange gets whatever comes about it until it is removed.</summary>
    public async Task AskAsync(Ask ask, IExchange exchange, CancellationToken cancellation)
    {
        _exchanges[ask.QuestionId] = exchange;
        if (_isOver) exchange.StreamEnded(_failure, _time.GetTimestamp());
        await SendAsync(new ClientMessage { Ask = ask }, cancellation);
    }

    /// <summary>Expects nothing more about a question and a picture.</summary>
    /// <param name="question">The question.</param>
    /// <param name="picture">The picture; null: none.</param>
    /// <param name="isGivenUp">Whether the question had not ended: what is still under way about it is no mistake.</param>
    public void Forget(uint question, uint? picture, bool isGivenUp)
    {
        if (isGivenUp) _givenUp[question] = true;
        _exchanges.TryRemove(question, out _);
        if (picture is { } id) _uploads.TryRemove(id, out _);
    }

    /// <summary>Says that no message follows, and waits for the stream's end.</summary>
    public async Task CompleteAsync(CancellationToken cancellation)
    {
        await _writing.WaitAsync(cancellation);
        try
        {
            if (!_hasCompleted) await _call.RequestStream.CompleteAsync();
            _hasCompleted = true;
        }
        catch (Exception error) when (error is RpcException or InvalidOperationException or OperationCanceledException)
        {
            // It has ended already; its reader knows why.
        }
        finally
        {
            _writing.Release();
        }

        await _reading.WaitAsync(cancellation);
    }

    /// <summary>Ends the call; the server is told that it was cancelled.</summary>
    public Task LeaveAsync() => _ending.CancelAsync();

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        await _reading;
        _call.Dispose();
        _ending.Dispose();
        _writing.Dispose();
    }

    private async Task ReadAsync()
    {
        try
        {
            while (true)
            {
                if (_readDelay > TimeSpan.Zero) await Task.Delay(_readDelay, _time, _ending.Token);
                if (!await _call.ResponseStream.MoveNext(CancellationToken.None)) break;
                Dispatch(_call.ResponseStream.Current, _time.GetTimestamp());
            }
        }
        catch (Exception error)
        {
            _failure = error;
        }

        _isOver = true;
        long timestamp = _time.GetTimestamp();
        Exception reason = _failure ?? new RpcException(new Status(StatusCode.Unavailable, "The server ended the stream."));
        _welcome.TrySetException(reason);
        // Nobody need be waiting.
        _ = _welcome.Task.Exception;
        foreach (Upload upload in _uploads.Values) upload.Fail(reason);
        foreach (IExchange exchange in _exchanges.Values) exchange.StreamEnded(_failure, timestamp);
    }

    private void Dispatch(ServerMessage message, long timestamp)
    {
        switch (message.MessageCase)
        {
            case ServerMessage.MessageOneofCase.Welcome:
                if (!_welcome.TrySetResult(message.Welcome)) Strays++;
                return;
            case ServerMessage.MessageOneofCase.ImageNeeded:
            case ServerMessage.MessageOneofCase.ImageReady:
                if (_uploads.TryGetValue(message.ImageNeeded?.ImageId ?? message.ImageReady.ImageId, out Upload? upload)) upload.Receive(message, timestamp);
                else Strays++;
                return;
        }

        uint? question = message.MessageCase switch
        {
            ServerMessage.MessageOneofCase.FeatureHeader => message.FeatureHeader.QuestionId,
            ServerMessage.MessageOneofCase.FeatureChunk => message.FeatureChunk.QuestionId,
            ServerMessage.MessageOneofCase.Tokens => message.Tokens.QuestionId,
            ServerMessage.MessageOneofCase.HandedOff => message.HandedOff.QuestionId,
            ServerMessage.MessageOneofCase.Finished => message.Finished.QuestionId,
            ServerMessage.MessageOneofCase.QuestionFailed => message.QuestionFailed.QuestionId,
            ServerMessage.MessageOneofCase.Timings => message.Timings.QuestionId,
            _ => null,
        };
        if (question is { } id && _exchanges.TryGetValue(id, out IExchange? exchange)) exchange.Receive(message, timestamp);
        else if (question is null || !_givenUp.ContainsKey(question.Value)) Strays++;
    }
}
