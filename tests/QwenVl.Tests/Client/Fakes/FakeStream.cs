using System.Threading.Channels;
using Grpc.Core;
using QwenVl.Client.Transport;
using QwenVl.Protos.V1;

namespace QwenVl.Tests.Client.Fakes;

/// <summary>A channel whose other end is a script: what a client writes it reads, and what it writes a client reads.</summary>
internal sealed class FakeStream(Func<FakeStream, Task> script) : CallInvoker, IClientStreamWriter<ClientMessage>, IAsyncStreamReader<ServerMessage>
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private readonly Channel<ClientMessage> _up = Channel.CreateUnbounded<ClientMessage>();
    private readonly Channel<ServerMessage> _down = Channel.CreateUnbounded<ServerMessage>();
    private CancellationToken _call;
    private int _calls;

    /// <summary>Everything the client has written.</summary>
    public List<ClientMessage> Received { get; } = [];

    public WriteOptions? WriteOptions { get; set; }

    /// <summary>Changes, loses or refuses what the client writes.</summary>
    public Func<ClientMessage, ClientMessage> Up { get; init; } = message => message;

    public ServerMessage Current { get; private set; } = null!;

    public ServerChannel Server => new(this, null);

    /// <summary>The client's next message; null when it has ended its half.</summary>
    public async Task<ClientMessage?> ReadAsync()
    {
        using var timeout = new CancellationTokenSource(Patience);
        try
        {
            ClientMessage message = await _up.Reader.ReadAsync(timeout.Token);
            Received.Add(message);
            return message;
        }
        catch (ChannelClosedException)
        {
            return null;
        }
    }

    /// <summary>The next message if it has come already.</summary>
    public bool TryRead(out ClientMessage? message)
    {
        if (!_up.Reader.TryRead(out message)) return false;
        Received.Add(message);
        return true;
    }

    public void Send(ServerMessage message) => _down.Writer.TryWrite(message.Clone());

    /// <summary>Breaks the stream.</summary>
    public void Break(RpcException? error = null) =>
        _down.Writer.TryComplete(error ?? new RpcException(new Status(StatusCode.Unavailable, "gone")));

    /// <summary>Ends the stream as a server does that has nothing more to say.</summary>
    public void End() => _down.Writer.TryComplete();

    public Task WriteAsync(ClientMessage message) => WriteAsync(message, CancellationToken.None);

    public async Task WriteAsync(ClientMessage message, CancellationToken cancellationToken)
    {
        try
        {
            await _up.Writer.WriteAsync(Up(message.Clone()), cancellationToken);
        }
        catch (RpcException error)
        {
            // A connection that is gone is gone in both directions.
            _down.Writer.TryComplete(error);
            throw;
        }
        catch (ChannelClosedException)
        {
            throw new InvalidOperationException("The call has ended.");
        }
    }

    public Task CompleteAsync()
    {
        _up.Writer.TryComplete();
        return Task.CompletedTask;
    }

    public async Task<bool> MoveNext(CancellationToken cancellationToken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _call);
        try
        {
            if (!await _down.Reader.WaitToReadAsync(either.Token)) return false;
            Current = await _down.Reader.ReadAsync(either.Token);
            return true;
        }
        catch (ChannelClosedException error) when (error.InnerException is { } inner)
        {
            throw inner;
        }
        catch (OperationCanceledException)
        {
            throw new RpcException(new Status(StatusCode.Cancelled, "cancelled"));
        }
    }

    public override AsyncDuplexStreamingCall<TRequest, TResponse> AsyncDuplexStreamingCall<TRequest, TResponse>(Method<TRequest, TResponse> method, string? host, CallOptions options)
    {
        if (Interlocked.Increment(ref _calls) > 1) throw new RpcException(new Status(StatusCode.Unavailable, "nobody listens any longer"));
        _call = options.CancellationToken;
        _ = RunAsync();
        return new AsyncDuplexStreamingCall<TRequest, TResponse>(
            (IClientStreamWriter<TRequest>)(object)this, (IAsyncStreamReader<TResponse>)(object)this, Task.FromResult<Metadata>([]), () => Status.DefaultSuccess, () => [], () => _up.Writer.TryComplete());
    }

    public override TResponse BlockingUnaryCall<TRequest, TResponse>(Method<TRequest, TResponse> method, string? host, CallOptions options, TRequest request) => throw new NotSupportedException();

    public override AsyncUnaryCall<TResponse> AsyncUnaryCall<TRequest, TResponse>(Method<TRequest, TResponse> method, string? host, CallOptions options, TRequest request) => throw new NotSupportedException();

    public override AsyncServerStreamingCall<TResponse> AsyncServerStreamingCall<TRequest, TResponse>(Method<TRequest, TResponse> method, string? host, CallOptions options, TRequest request) => throw new NotSupportedException();

    public override AsyncClientStreamingCall<TRequest, TResponse> AsyncClientStreamingCall<TRequest, TResponse>(Method<TRequest, TResponse> method, string? host, CallOptions options) => throw new NotSupportedException();

    private async Task RunAsync()
    {
        try
        {
            using CancellationTokenRegistration left = _call.Register(() => _up.Writer.TryComplete());
            await script(this);
            _down.Writer.TryComplete();
        }
        catch (Exception error)
        {
            _down.Writer.TryComplete(error);
        }
    }
}
