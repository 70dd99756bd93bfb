using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;

namespace QwenVl.Server.Lifecycle;

/// <summary>
/// Makes the sockets that ports listen on. What the system has taken of a connection cannot be passed any more, so it is let
/// take little that is not yet under way: on a slow network a token would else wait for hundreds of kilobytes of
/// features. A little more than nothing, since at 100 Mbit/s this lasts for a millisecond.
/// </summary>
internal static class ListenSocket
{
    /// <summary>Bytes of a connection that the system takes beyond those under way.</summary>
    public const int UnsentBytes = 16 * 1024;

    /// <summary>Linux' IPPROTO_TCP.</summary>
    public const int TcpLevel = 6;

    /// <summary>Linux' TCP_NOTSENT_LOWAT, which accepted sockets inherit.</summary>
    public const int NotSentLowWater = 25;

    /// <summary>Makes one; other systems than Linux keep their own measure.</summary>
    public static Socket Create(EndPoint endPoint)
    {
        Socket socket = SocketTransportOptions.CreateDefaultBoundListenSocket(endPoint);
        if (OperatingSystem.IsLinux()) socket.SetRawSocketOption(TcpLevel, NotSentLowWater, BitConverter.GetBytes(UnsentBytes));
        return socket;
    }
}
