using System.Net;
using System.Net.Sockets;

namespace QwenVl.Tests.Client.Routing;

/// <summary>A listening socket that counts who connects, and hangs up.</summary>
internal sealed class CountingListener : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly Task _accepting;
    private int _connections;
    private int _own;

    public CountingListener()
    {
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public Uri Address => new($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}");

    /// <summary>Connections so far. One of this process's own comes after all that were begun before it.</summary>
    public async Task<int> CountAsync()
    {
        using var own = new TcpClient();
        await own.ConnectAsync((IPEndPoint)_listener.LocalEndpoint);
        // It is hung up on once it has been counted.
        Assert.Equal(0, await own.GetStream().ReadAsync(new byte[1]));
        return Volatile.Read(ref _connections) - ++_own;
    }

    public async ValueTask DisposeAsync()
    {
        _listener.Stop();
        await _accepting;
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                using TcpClient client = await _listener.AcceptTcpClientAsync();
                Interlocked.Increment(ref _connections);
            }
        }
        catch (Exception error) when (error is SocketException or InvalidOperationException)
        {
            // The test is over.
        }
    }
}
