using Grpc.Core;
using QwenVl.Client.Device;
using QwenVl.Client.Routing;
using QwenVl.Protos.V1;

namespace QwenVl.Client.Transport;

/// <summary>
/// One stream: one loop reads and hands every message to the question or picture it is about, one loop writes. When the
/// stream ends, all that is under way ends with it, each in its own way. Safe for concurrent use.
/// </summary>
internal sealed class ConverseSession : IAsyncDisposable
{
    private static readonly TimeSpan Farewell = TimeSpan.FromSeconds(1);

    private readonly AsyncDuplexStreamingCall<ClientMessage, ServerMessage> _call;
    private readonly StreamWriter _writer;
    private readonly CancellationTokenSource _stop;
    private readonly TimeProvider _time;
    private readonly NetworkMonitor _network;
    private readonly Lock _gate = new();
    private readonly Dictionary<uint, CloudQuestion> _questions = [];
    private readonly Dictionary<uint, ImageUpload> _uploads = [];
    private readonly Uploads _pictures;
    private uint _lastForgotten;
    private Task _running = Task.CompletedTask;
    private QwenVlException? _failure;
    private uint _lastQuestion;
    private long _heardAt;
    private int _disposed;

    private ConverseSession(AsyncDuplexStreamingCall<ClientMessage, ServerMessage> call, Welcome welcome, CancellationTokenSource stop, QwenVlClientOptions options, NetworkMonitor network)
    {
        (_call, Limits, _stop, _time) = (call, welcome.Limits ?? new Limits(), stop, options.TimeProvider);
        _heardAt = _time.GetTimestamp();
        _writer = new StreamWriter(call.RequestStream);
        (Load, _network) = (ServerLoadHint.From(welcome.Load), network);
        _pictures = new Uploads(this, options, network);
    }

    /// <summary>What the server accepts; 0 where it does not say.</summary>
    public Limits Limits { get; }

    /// <summary>What the server said of its load in its welcome; null where it did not.</summary>
    public ServerLoadHint? Load { get; }

    /// <summary>Time since the server's last message.</summary>
    public TimeSpan SinceHeard => _time.GetElapsedTime(Interlocked.Read(ref _heardAt));

    /// <summary>Whether the stream is open.</summary>
    public bool IsOpen
    {
        get
        {
            lock (_gate) return _failure is null;
        }
    }

    /// <summary>Pictures sent on this stream.</summary>
    public Uploads Pictures => _pictures;

    /// <summary>Opens a stream and shakes hands.</summary>
    /// <exception cref="QwenVlException">The server cannot be reached, refuses, or cannot work with this client.</exception>
    public static async Task<ConverseSession> OpenAsync(VisionLanguage.VisionLanguageClient client, DeviceModel? device, QwenVlClientOptions options, NetworkMonitor network, CancellationToken cancellationToken)
    {
        var stop = new CancellationTokenSource();
        using var timeout = new CancellationTokenSource(options.ConnectTimeout, options.TimeProvider);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        AsyncDuplexStreamingCall<ClientMessage, ServerMessage>? call = null;
        try
        {
            call = client.Converse(cancellationToken: stop.Token);
            long greeted = options.TimeProvider.GetTimestamp();
            Welcome welcome = await ShakeHandsAsync(call, device, patience.Token).ConfigureAwait(false);
            network.Connected(options.TimeProvider.GetElapsedTime(greeted));
            Handshake.Require(welcome, device);
            var session = new ConverseSession(call, welcome, stop, options, network);
            session._running = Task.WhenAll(session._writer.RunAsync(stop.Token), session.ReadAsync());
            return session;
        }
        catch (Exception error)
        {
            await stop.CancelAsync().ConfigureAwait(false);
            call?.Dispose();
            stop.Dispose();
            cancellationToken.ThrowIfCancellationRequested();
            if (timeout.IsCancellationRequested)
                throw new QwenVlException(QwenVlErrorCode.ConnectionFailed, $"The server did not say welcome within {options.ConnectTimeout.TotalSeconds:0.#} s. Is this its gRPC address?", error);
            if (error is RpcException rpc) throw RpcErrors.FromCall(rpc, QwenVlErrorCode.ConnectionFailed, options.ServerAddress);
            throw;
        }
    }

    /// <summary>Begins a question; the caller sends it and ends it with <see cref="CloseAsync"/>.</summary>
    /// <param name="plan">What is asked.</param>
    /// <param name="pulse">Tells of every change.</param>
    public CloudQuestion Begin(AskPlan plan, Pulse pulse)
    {
        lock (_gate)
        {
            ThrowIfEnded();
            if (Limits.MaxConcurrentQuestions > 0 && _questions.Count >= Limits.MaxConcurrentQuestions)
                throw new QwenVlException(QwenVlErrorCode.LimitExceeded, $"{_questions.Count} questions are under way, as many as the server takes at once. Wait for one to end.");
            var question = new CloudQuestion(++_lastQuestion, plan, pulse, _time, _network);
            _questions.Add(question.Id, question);
            return question;
        }
    }

    /// <summary>Forgets a question, and tells the server to where it has not ended.</summary>
    public async Task CloseAsync(CloudQuestion question)
    {
        bool open;
        lock (_gate)
        {
            _questions.Remove(question.Id);
            open = _failure is null;
        }

        CloudEnd end = question.End;
        question.Lose(new QwenVlException(QwenVlErrorCode.ConnectionLost, "The question was given up on this stream."));
        // A question that failed on this side may still be under way on the other.
        if (!open || end is not (CloudEnd.None or CloudEnd.Failed)) return;
        Task cancelling = CancelAsync(question.Id);
        // On a line that does not move the message would wait behind a picture's, and whoever pauses or leaves would wait for it.
        await cancelling.WaitAsync(Farewell, _time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>Queues a message.</summary>
    /// <returns>Its length in bytes.</returns>
    /// <exception cref="QwenVlException">The stream has ended.</exception>
    public async ValueTask<int> SendAsync(ClientMessage message, CancellationToken cancellationToken)
    {
        try
        {
            await _writer.SendAsync(message, cancellationToken).ConfigureAwait(false);
            return message.CalculateSize();
        }
        catch (System.Threading.Channels.ChannelClosedException)
        {
            // The reader knows the reason; it is about to say it where it has not.
            await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            lock (_gate) ThrowIfEnded();
            throw;
        }
    }

    /// <summary>Makes a picture's messages find it.</summary>
    public void Register(ImageUpload upload)
    {
        lock (_gate)
        {
            ThrowIfEnded();
            _uploads.Add(upload.Id, upload);
        }
    }

    /// <summary>Lets a picture go, which the server may still speak of.</summary>
    public void Forget(uint id)
    {
        lock (_gate)
        {
            _uploads.Remove(id);
            _lastForgotten = Math.Max(_lastForgotten, id);
        }
    }

    /// <summary>Ends a stream that is of no use any longer; what is under way on it is lost.</summary>
    public async Task AbandonAsync(QwenVlException reason)
    {
        if (!Fail(reason)) return;
        try
        {
            await _stop.CancelAsync().ConfigureAwait(false);
        }
        catch (ObjectDisposedException)
        {
            // It was closed meanwhile.
        }
    }

    /// <summary>Ends the stream; what is under way is lost with it, and may ask again on another.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0) return;
        Fail(new QwenVlException(QwenVlErrorCode.ConnectionLost, "The connection was closed by this client."));
        // What waits is still written, such as the cancellation of a question; a server that does not listen is not waited for.
        await _running.WaitAsync(Farewell, _time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _stop.CancelAsync().ConfigureAwait(false);
        await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _call.Dispose();
        _stop.Dispose();
    }

    private async Task CancelAsync(uint questionId)
    {
        try
        {
            await SendAsync(new ClientMessage { Cancel = new Cancel { QuestionId = questionId } }, CancellationToken.None).ConfigureAwait(false);
        }
        catch (QwenVlException)
        {
            // The stream ended, and every question with it.
        }
    }

    private static async Task<Welcome> ShakeHandsAsync(AsyncDuplexStreamingCall<ClientMessage, ServerMessage> call, DeviceModel? device, CancellationToken cancellationToken)
    {
        try
        {
            await call.RequestStream.WriteAsync(Handshake.Hello(device), cancellationToken).ConfigureAwait(false);
        }
        catch (InvalidOperationException)
        {
            // The call has ended already: reading says why.
        }

        if (!await call.ResponseStream.MoveNext(cancellationToken).ConfigureAwait(false))
            throw new QwenVlException(QwenVlErrorCode.ConnectionFailed, "The server ended the stream without a welcome.");
        return call.ResponseStream.Current.Welcome
            ?? throw new QwenVlException(QwenVlErrorCode.ProtocolViolation, $"The server began with {call.ResponseStream.Current.MessageCase} instead of a welcome.");
    }

    private async Task ReadAsync()
    {
        QwenVlException reason;
        try
        {
            while (await _call.ResponseStream.MoveNext(_stop.Token).ConfigureAwait(false))
            {
                Interlocked.Exchange(ref _heardAt, _time.GetTimestamp());
                Dispatch(_call.ResponseStream.Current);
            }

            reason = new QwenVlException(QwenVlErrorCode.ConnectionLost, "The server ended the stream; it may be shutting down. Ask again.");
        }
        catch (RpcException error)
        {
            reason = RpcErrors.FromCall(error, QwenVlErrorCode.ConnectionLost, server: null);
        }
        catch (QwenVlException error)
        {
            reason = error;
        }
        catch (Exception error) when (error is OperationCanceledException or IOException or ObjectDisposedException or InvalidOperationException)
        {
            reason = new QwenVlException(QwenVlErrorCode.ConnectionLost, $"The connection broke: {error.Message}. Ask again when the server can be reached.", error);
        }

        Fail(reason);
        await _stop.CancelAsync().ConfigureAwait(false);
    }

    private void Dispatch(ServerMessage message)
    {
        switch (message.MessageCase)
        {
            case ServerMessage.MessageOneofCase.ImageNeeded: Upload(message.ImageNeeded.ImageId)?.Needed(message.ImageNeeded.Offset); break;
            case ServerMessage.MessageOneofCase.ImageReady: Upload(message.ImageReady.ImageId)?.Ready(); break;
            case ServerMessage.MessageOneofCase.FeatureHeader: Question(message.FeatureHeader.QuestionId)?.Accept(message); break;
            case ServerMessage.MessageOneofCase.FeatureChunk: Question(message.FeatureChunk.QuestionId)?.Accept(message); break;
            case ServerMessage.MessageOneofCase.Tokens: Question(message.Tokens.QuestionId)?.Accept(message); break;
            case ServerMessage.MessageOneofCase.HandedOff: Question(message.HandedOff.QuestionId)?.Accept(message); break;
            case ServerMessage.MessageOneofCase.Finished: Question(message.Finished.QuestionId)?.Accept(message); break;
            case ServerMessage.MessageOneofCase.QuestionFailed: Question(message.QuestionFailed.QuestionId)?.Accept(message); break;
            case ServerMessage.MessageOneofCase.Timings: Question(message.Timings.QuestionId)?.Accept(message); break;
            default: throw new QwenVlException(QwenVlErrorCode.ProtocolViolation, $"The server sent {message.MessageCase} in mid-stream: client and server are of different versions.");
        }
    }

    /// <summary>A question that ended on this side may still be spoken of; one that never was may not.</summary>
    private CloudQuestion? Question(uint id)
    {
        lock (_gate)
        {
            if (_questions.TryGetValue(id, out CloudQuestion? question)) return question;
            return id >= 1 && id <= _lastQuestion ? null : throw new QwenVlException(QwenVlErrorCode.ProtocolViolation, $"The server spoke of question {id}, which was never asked.");
        }
    }

    private ImageUpload? Upload(uint id)
    {
        lock (_gate)
        {
            if (_uploads.TryGetValue(id, out ImageUpload? upload)) return upload;
            return id >= 1 && id <= _lastForgotten
                ? null
                : throw new QwenVlException(QwenVlErrorCode.ProtocolViolation, $"The server spoke of picture {id}, which was never announced.");
        }
    }

    /// <returns>Whether this was the first reason.</returns>
    private bool Fail(QwenVlException reason)
    {
        CloudQuestion[] questions;
        ImageUpload[] uploads;
        lock (_gate)
        {
            if (_failure is not null) return false;
            _failure = reason;
            (questions, uploads) = ([.. _questions.Values], [.. _uploads.Values]);
        }

        _writer.Complete();
        foreach (CloudQuestion question in questions) question.Lose(reason);
        foreach (ImageUpload upload in uploads) upload.Fail(reason);
        return true;
    }

    private void ThrowIfEnded()
    {
        if (_failure is { } reason)
            throw new QwenVlException(reason.Code, reason.Message, reason.InnerException ?? reason) { ServerReason = reason.ServerReason, RetryAfter = reason.RetryAfter };
    }
}
