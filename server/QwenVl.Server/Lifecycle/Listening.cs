using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using QwenVl.Server.Configuration;

namespace QwenVl.Server.Lifecycle;

/// <summary>Opens the ports and keeps what each serves to itself.</summary>
internal static class Listening
{
    /// <summary>
    /// What a client may send before it hears that some was read: 100 Mbit/s times 100 ms, three times, since it hears of
    /// every half of this only.
    /// </summary>
    private const int UploadWindowBytes = 4 << 20;

    /// <summary>What of a connection's answers waits for the network within this server, where nothing passes it any more.</summary>
    private const int ResponseBufferBytes = 32 * 1024;

    /// <summary>Opens the ports in the order of <see cref="Port"/>.</summary>
    public static void Open(KestrelServerOptions kestrel, ServerSettings settings)
    {
        const int JsonOverhead = 64 * 1024;
        ServerOptions server = settings.Server;
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxRequestBodySize = settings.Runtime.MaxImageBytes / 3L * 4 + JsonOverhead;
        // A phone that has gone out of reach says no goodbye.
        kestrel.Limits.Http2.KeepAlivePingDelay = TimeSpan.FromSeconds(30);
        Limit(kestrel.Limits);
        Listen(kestrel, server.Host, server.Port, Port.Http, HttpProtocols.Http1);
        Listen(kestrel, server.Host, server.GrpcPort, Port.Grpc, HttpProtocols.Http2);
        Listen(kestrel, server.Host, server.MetricsPort, Port.Metrics, HttpProtocols.Http1);
    }

    /// <summary>Sets how much of a connection may be under way or wait.</summary>
    public static void Limit(KestrelServerLimits limits)
    {
        limits.MaxResponseBufferSize = ResponseBufferBytes;
        limits.Http2.InitialStreamWindowSize = UploadWindowBytes;
        limits.Http2.InitialConnectionWindowSize = UploadWindowBytes;
    }

    /// <summary>Says which ports an endpoint is reached on.</summary>
    public static TBuilder On<TBuilder>(this TBuilder endpoint, params Port[] ports)
        where TBuilder : IEndpointConventionBuilder => endpoint.WithMetadata(new Reach(ports));

    /// <summary>Makes endpoints invisible on ports that are not theirs.</summary>
    public static void UsePortsOfEndpoints(this WebApplication app) => app.Use((context, next) =>
    {
        // By the connection, not by the Host header, which is the client's to choose.
        if (context.GetEndpoint()?.Metadata.GetMetadata<Reach>() is { } reach && context.Features.Get<Arrival>() is { } arrival && !reach.Ports.Contains(arrival.Port))
            context.SetEndpoint(null);
        return next(context);
    });

    private static void Listen(KestrelServerOptions kestrel, string host, int number, Port port, HttpProtocols protocols)
    {
        if (host == ServerOptions.AnyHost) kestrel.ListenAnyIP(number, Configure);
        else kestrel.Listen(IPAddress.Parse(host), number, Configure);

        void Configure(ListenOptions listen)
        {
            listen.Protocols = protocols;
            listen.Use(next => connection => ServeAsync(next, connection, new Arrival(port)));
        }
    }

    private static Task ServeAsync(ConnectionDelegate next, ConnectionContext connection, Arrival arrival)
    {
        connection.Features.Set(arrival);
        return next(connection);
    }

    private sealed record Arrival(Port Port);

    private sealed record Reach(Port[] Ports);
}
