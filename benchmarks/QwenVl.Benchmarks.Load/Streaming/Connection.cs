using System.Collections.Concurrent;
using System.Net.Sockets;
using Grpc.Net.Client;
using QwenVl.Protos.V1;

namespace QwenVl.Benchmarks.Load.Streaming;

/// <summary>One HTTP/2 connection, whose socket can be reset as when its client dies.</summary>
internal sealed class Connection : IDisposable
{
    private readonly ConcurrentBag<Socket> _sockets = [];
    private readonly GrpcChannel _channel;

    /// <summary>Connects at the first call.</summary>
    public Connection(Uri address)
    {
        var handler = new SocketsHttpHandler { ConnectCallback = ConnectAsync, EnableMultipleHttp2Connections = false };
        _channel = GrpcChannel.ForAddress(address, new GrpcChannelOptions { HttpHandler = handler, DisposeHttpClient = true, MaxReceiveMessageSize = null });
        Client = new VisionLanguage.VisionLanguageClient(_channel);
    }

    /// <summary>Opens streams.</summary>
    public VisionLanguage.VisionLanguageClient Client { get; }

    /// <summary>Resets the connection: the server gets no word of it but TCP's.</summary>
    public void Reset()
    {
        foreach (Socket socket in _sockets) socket.Close(timeout: 0);
    }

    /// <inheritdoc/>
    public void Dispose() => _channel.Dispose();

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellation)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(context.DnsEndPoint, cancellation);
        }
        catch
        {
            socket.Dispose();
            throw;
        }

        _sockets.Add(socket);
        return new NetworkStream(socket, ownsSocket: true);
    }
}
