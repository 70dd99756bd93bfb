using System.Net;
using System.Net.Sockets;

namespace QwenVl.Tests.Server.Fakes;

/// <summary>A TCP proxy for one connection that counts what passes, and can keep the server's words from the client.</summary>
internal sealed class CountingProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _ending = new();
    private readonly Task _running;
    private readonly Uri _target;
    private long _up;
    private long _down;
    private volatile bool _silent;

    public CountingProxy(Uri target)
    {
        _target = target;
        _listener.Start();
        Address = new UriBuilder(target) { Port = ((IPEndPoint)_listener.LocalEndpoint).Port }.Uri;
        _running = RunAsync();
    }

    /// <summary>Where to connect to instead of the target.</summary>
    public Uri Address { get; }

    /// <summary>Bytes that reached the server.</summary>
    public long Up => Interlocked.Read(ref _up);

    /// <summary>Bytes that reached the client.</summary>
    public long Down => Interlocked.Read(ref _down);

    /// <summary>From now on the client hears nothing.</summary>
    public void SilenceServer() => _silent = true;

    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        _listener.Stop();
        await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _ending.Dispose();
    }

    private async Task RunAsync()
    {
        using Socket client = await _listener.AcceptSocketAsync(_ending.Token);
        using var server = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await server.ConnectAsync(_target.Host, _target.Port, _ending.Token);
        await Task.WhenAll(
            CarryAsync(client, server, count => Interlocked.Add(ref _up, count), () => false),
            CarryAsync(server, client, count => Interlocked.Add(ref _down, count), () => _silent));
    }

    private async Task CarryAsync(Socket from, Socket to, Action<int> count, Func<bool> isSilent)
    {
        var buffer = new byte[64 * 1024];
        while (await from.ReceiveAsync(buffer, _ending.Token) is > 0 and int read)
        {
            if (isSilent()) continue;
            for (int sent = 0; sent < read;) sent += await to.SendAsync(buffer.AsMemory(sent, read - sent), _ending.Token);
            count(read);
        }
    }
}
