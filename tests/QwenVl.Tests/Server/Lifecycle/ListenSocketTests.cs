using System.Net;
using System.Net.Sockets;
using QwenVl.Server.Lifecycle;
using QwenVl.Tests.Server.Fakes;

namespace QwenVl.Tests.Server.Lifecycle;

public sealed class ListenSocketTests
{
    [Fact]
    public async Task A_connection_takes_little_that_is_not_under_way()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Only Linux has the option by this number.");
        using Socket listener = ListenSocket.Create(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        using var client = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await client.ConnectAsync(listener.LocalEndPoint!).WaitAsync(Waiting.Limit);
        using Socket accepted = await listener.AcceptAsync().WaitAsync(Waiting.Limit);

        byte[] value = new byte[sizeof(int)];
        accepted.GetRawSocketOption(ListenSocket.TcpLevel, ListenSocket.NotSentLowWater, value);

        Assert.Equal(ListenSocket.UnsentBytes, BitConverter.ToInt32(value));
    }
}
