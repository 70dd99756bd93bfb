using Grpc.Core;
using Grpc.Core.Interceptors;
using Grpc.Net.Client;
using QwenVl.Client.Routing;

namespace QwenVl.Client.Transport;

/// <summary>The way to a server, and what must be disposed of when it is no longer needed.</summary>
internal sealed record ServerChannel(CallInvoker Invoker, IDisposable? Owner)
{
    /// <summary>
    /// What a server may send before it hears that some was read: 100 Mbit/s times 100 ms, and half as much again, since
    /// it hears of every eighth of this only. It grows where a network holds more.
    /// </summary>
    private const int StreamWindowBytes = 2 << 20;

    /// <summary>Opens a channel, which connects at its first call; null where no server is named, or nothing may leave the device.</summary>
    public static ServerChannel? Open(QwenVlClientOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Check();
        // What never connects has nothing to connect with.
        if (options.Privacy == Privacy.LocalOnly || options.ServerAddress is not { } address) return null;
        var handler = new SocketsHttpHandler
        {
            ConnectTimeout = options.ConnectTimeout,
            InitialHttp2StreamWindowSize = StreamWindowBytes,
            KeepAlivePingDelay = options.KeepAlive,
            KeepAlivePingTimeout = options.KeepAlive,
            // A phone that changes networks leaves connections behind that say nothing: only probes find out.
            KeepAlivePingPolicy = HttpKeepAlivePingPolicy.WithActiveRequests,
        };
        GrpcChannel channel = GrpcChannel.ForAddress(address, new GrpcChannelOptions
        {
            HttpHandler = handler,
            DisposeHttpClient = true,
            LoggerFactory = options.LoggerFactory,
        });
        return new ServerChannel(WithKey(channel.CreateCallInvoker(), options.ApiKey), channel);
    }

    private static CallInvoker WithKey(CallInvoker invoker, string? key) => key is null ? invoker : invoker.Intercept(metadata =>
    {
        metadata.Add("authorization", $"Bearer {key}");
        return metadata;
    });
}
