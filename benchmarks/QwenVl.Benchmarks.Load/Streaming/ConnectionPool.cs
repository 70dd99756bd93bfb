using QwenVl.Benchmarks.Load.Networks;
using QwenVl.Benchmarks.Load.Scenarios;

namespace QwenVl.Benchmarks.Load.Streaming;

/// <summary>The connections of a run, as many for each of its networks, used in turn. Safe for concurrent use.</summary>
internal sealed class ConnectionPool : IAsyncDisposable
{
    private readonly ShapingProxy?[] _proxies;
    private readonly Uri[] _addresses;
    private readonly Connection[][] _connections;
    private int _turn;

    /// <param name="server">The server's gRPC address.</param>
    /// <param name="scenario">Networks and connections.</param>
    /// <param name="time">The clock.</param>
    public ConnectionPool(Uri server, Scenario scenario, TimeProvider time)
    {
        _proxies = [.. scenario.Networks.Select(network => network.IsDirect ? null : new ShapingProxy(server, network, scenario.Seed, time))];
        _addresses = [.. _proxies.Select(proxy => proxy?.Address ?? server)];
        _connections = [.. _addresses.Select(address => Enumerable.Range(0, scenario.Connections).Select(_ => new Connection(address)).ToArray())];
    }

    /// <summary>The address by which a network is used.</summary>
    public Uri Address(int network) => _addresses[network];

    /// <summary>The next connection of a network.</summary>
    public Connection Next(int network)
    {
        Connection[] connections = _connections[network];
        return connections[(uint)Interlocked.Increment(ref _turn) % (uint)connections.Length];
    }

    /// <summary>A connection that nobody else uses; the caller disposes it.</summary>
    public Connection Own(int network) => new(_addresses[network]);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (Connection connection in _connections.SelectMany(all => all)) connection.Dispose();
        foreach (ShapingProxy? proxy in _proxies)
            if (proxy is not null) await proxy.DisposeAsync();
    }
}
