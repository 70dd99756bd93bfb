using System.Net;
using System.Net.Sockets;
using Garnet;
using Garnet.server;

namespace QwenVl.Tests.Runtime.Caching;

/// <summary>A real server of Redis' protocol on a port of this machine, which can be killed and started again there.</summary>
internal sealed class LoopbackRedis : IDisposable
{
    private GarnetServer? _server;

    public LoopbackRedis()
    {
        using var free = new TcpListener(IPAddress.Loopback, 0);
        free.Start();
        Port = ((IPEndPoint)free.LocalEndpoint).Port;
    }

    public int Port { get; }

    /// <summary>What --redis takes; connecting is given up soon, so that a dead server costs a test little.</summary>
    public string Address => $"127.0.0.1:{Port},connectTimeout=500";

    public void Start()
    {
        _server = new GarnetServer(new GarnetServerOptions { EndPoints = [new IPEndPoint(IPAddress.Loopback, Port)], LogMemorySize = "64m", IndexMemorySize = "1m", QuietMode = true });
        _server.Start();
    }

    /// <summary>Ends it; what it held is gone.</summary>
    public void Kill()
    {
        _server?.Dispose();
        _server = null;
    }

    public void Dispose() => Kill();
}
