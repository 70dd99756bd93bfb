using System.Net;
using System.Net.Sockets;

namespace QwenVl.Tests.Client.Fakes;

/// <summary>A TCP proxy on this machine whose connections end after some bytes of the server's, or damage one of them; a bounded number do.</summary>
internal sealed class FaultyProxy : IAsyncDisposable
{
    private const int ReadBytes = 700;

    /// <summary>What is said before any question has no checksum.</summary>
    private const int CleanBytes = 2000;

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly Uri _target;
    private readonly Random _random;
    private readonly CancellationTokenSource _ending = new();
    private readonly List<Task> _links = [];
    private readonly Task _accepting;
    private int _faults;

    /// <param name="target">Where connections go.</param>
    /// <param name="seed">Which ones break, and where.</param>
    /// <param name="faults">How many break; those that follow are whole.</param>
    public FaultyProxy(Uri target, int seed, int faults)
    {
        (_target, _random, _faults) = (target, new Random(seed), faults);
        _listener.Start();
        Address = new UriBuilder(target) { Host = IPAddress.Loopback.ToString(), Port = ((IPEndPoint)_listener.LocalEndpoint).Port }.Uri;
        _accepting = AcceptAsync();
    }

    public Uri Address { get; }

    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        _listener.Stop();
        await _accepting;
        await Task.WhenAll(_links);
        _ending.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                Socket client = await _listener.AcceptSocketAsync(_ending.Token);
                int? fault = _faults-- > 0 ? _random.Next(CleanBytes, 30_000) : null;
                _links.Add(LinkAsync(client, fault, damages: _random.Next(2) == 0));
            }
        }
        catch (Exception error) when (error is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The proxy is ending.
        }
    }

    private async Task LinkAsync(Socket client, int? fault, bool damages)
    {
        using Socket owned = client;
        using var server = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        client.NoDelay = true;
        using var broken = CancellationTokenSource.CreateLinkedTokenSource(_ending.Token);
        try
        {
            await server.ConnectAsync(_target.Host, _target.Port, broken.Token);
            Task[] both = [CarryAsync(client, server, null, false, broken.Token), CarryAsync(server, client, fault, damages, broken.Token)];
            await Task.WhenAny(both);
            await broken.CancelAsync();
            await Task.WhenAll(both);
        }
        catch (Exception error) when (error is OperationCanceledException or SocketException or ObjectDisposedException or IOException)
        {
            client.Close(0);
            server.Close(0);
        }
    }

    private static async Task CarryAsync(Socket from, Socket to, int? fault, bool damages, CancellationToken cancellation)
    {
        var buffer = new byte[ReadBytes];
        for (int carried = 0; ;)
        {
            int read = await from.ReceiveAsync(buffer, cancellation);
            if (read == 0) return;
            if (fault - carried is { } at && at < read)
            {
                if (!damages) throw new IOException("Cut.");
                buffer[Math.Max(at, 0)] ^= 4;
                fault = null;
            }

            carried += read;
            for (int sent = 0; sent < read;) sent += await to.SendAsync(buffer.AsMemory(sent, read - sent), cancellation);
        }
    }
}
