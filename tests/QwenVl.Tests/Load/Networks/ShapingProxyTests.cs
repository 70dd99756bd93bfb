using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Time.Testing;
using QwenVl.Benchmarks.Load.Networks;
using QwenVl.Benchmarks.Load.Scenarios;
using QwenVl.Tests.Server.Fakes;

namespace QwenVl.Tests.Load.Networks;

public sealed class ShapingProxyTests : IAsyncDisposable
{
    private readonly TcpListener _server = new(IPAddress.Loopback, 0);
    private readonly FakeTimeProvider _time = new();
    private readonly ShapingProxy _proxy;

    public ShapingProxyTests()
    {
        _server.Start();
        var shape = new NetworkOptions("slow", 1, 8, 0, 100, 0, 0);
        _proxy = new ShapingProxy(new Uri($"http://127.0.0.1:{((IPEndPoint)_server.LocalEndpoint).Port}"), shape, 1, _time);
    }

    [Fact]
    public async Task Bytes_arrive_when_the_link_lets_them_and_not_before()
    {
        (Socket client, Socket server) = await ConnectAsync();
        using (client)
        using (server)
        {
            // 1000 bytes at 1000 bytes a second, and half a round trip.
            await client.SendAsync(new byte[1000]);
            var buffer = new byte[2000];
            Task<int> received = server.ReceiveAsync(buffer);
            await AdvanceAsync(TimeSpan.FromMilliseconds(1040));
            Assert.False(received.IsCompleted);

            _time.Advance(TimeSpan.FromMilliseconds(20));
            Assert.Equal(1000, await received.WaitAsync(Waiting.Limit));
        }
    }

    [Fact]
    public async Task A_reset_of_the_client_reaches_the_server()
    {
        (Socket client, Socket server) = await ConnectAsync();
        using (server)
        {
            client.Close(0);

            await Assert.ThrowsAsync<SocketException>(async () => Assert.Equal(-1, await server.ReceiveAsync(new byte[1]).WaitAsync(Waiting.Limit)));
        }
    }

    [Fact]
    public async Task A_server_that_is_not_there_ends_the_clients_connection()
    {
        _server.Stop();
        using var client = new Socket(SocketType.Stream, ProtocolType.Tcp);

        // Connecting may see it already.
        await Assert.ThrowsAsync<SocketException>(async () =>
        {
            await client.ConnectAsync(_proxy.Address.Host, _proxy.Address.Port);
            Assert.Equal(-1, await client.ReceiveAsync(new byte[1]).WaitAsync(Waiting.Limit));
        });
    }

    public async ValueTask DisposeAsync()
    {
        await _proxy.DisposeAsync();
        _server.Dispose();
    }

    private async Task<(Socket Client, Socket Server)> ConnectAsync()
    {
        var client = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await client.ConnectAsync(_proxy.Address.Host, _proxy.Address.Port);
        return (client, await _server.AcceptSocketAsync().WaitAsync(Waiting.Limit));
    }

    /// <summary>Moves the clock once the proxy waits on it: real bytes take real time to reach it.</summary>
    private async Task AdvanceAsync(TimeSpan by)
    {
        await Waiting.UntilAsync(() => _proxy.Held > 0, "the proxy holds the bytes back");
        _time.Advance(by);
    }
}
