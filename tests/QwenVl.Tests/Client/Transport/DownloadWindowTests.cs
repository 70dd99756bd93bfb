using Google.Protobuf;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using QwenVl.Client;
using QwenVl.Client.Transport;
using QwenVl.Protos.V1;
using QwenVl.Tests.Server.Fakes;

namespace QwenVl.Tests.Client.Transport;

public sealed class DownloadWindowTests
{
    /// <summary>What 100 Mbit/s carry in 100 ms.</summary>
    private const int OnTheWay = 100_000_000 / 8 / 10;

    [Fact]
    public async Task A_server_may_fill_a_long_fat_network_before_the_client_has_read_a_byte()
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(System.Net.IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2));
        builder.Services.AddGrpc();
        await using WebApplication server = builder.Build();
        server.MapGrpcService<Endless>();
        await server.StartAsync();
        await using var proxy = new CountingProxy(new Uri(server.Urls.Single()));
        ServerChannel channel = ServerChannel.Open(new QwenVlClientOptions { ServerAddress = proxy.Address })!;
        using IDisposable? owner = channel.Owner;
        using var stop = new CancellationTokenSource();
        using AsyncDuplexStreamingCall<ClientMessage, ServerMessage> call = new VisionLanguage.VisionLanguageClient(channel.Invoker).Converse(cancellationToken: stop.Token);

        await Waiting.UntilAsync(() => proxy.Down >= OnTheWay, $"{OnTheWay} bytes are on the way");

        await stop.CancelAsync();
    }

    private sealed class Endless : VisionLanguage.VisionLanguageBase
    {
        public override async Task Converse(IAsyncStreamReader<ClientMessage> requestStream, IServerStreamWriter<ServerMessage> responseStream, ServerCallContext context)
        {
            var chunk = new ServerMessage { FeatureChunk = new FeatureChunk { Data = ByteString.CopyFrom(new byte[32 * 1024]) } };
            while (!context.CancellationToken.IsCancellationRequested) await responseStream.WriteAsync(chunk, context.CancellationToken);
        }
    }
}
