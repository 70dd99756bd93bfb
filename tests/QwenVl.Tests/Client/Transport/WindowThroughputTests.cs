using System.Net;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using QwenVl.Benchmarks.Load.Networks;
using QwenVl.Benchmarks.Load.Scenarios;
using QwenVl.Client;
using QwenVl.Client.Transport;
using QwenVl.Protos.V1;
using QwenVl.Server.Lifecycle;

namespace QwenVl.Tests.Client.Transport;

/// <summary>Measures one stream over an emulated network of 100 Mbit/s and 100 ms, which takes a quiet machine: run it by name, with <c>-explicit only</c>.</summary>
public sealed class WindowThroughputTests(ITestOutputHelper output)
{
    private const int ChunkBytes = 32 * 1024;
    private const double Kbps = 100_000;
    private const double LeastShare = 0.8;

    private static readonly NetworkOptions LongAndFat = new("100 Mbit/s, 100 ms", 1, Kbps, Kbps, 100, 0, 0);

    [Theory(Explicit = true)]
    [InlineData(false, 20)]
    [InlineData(true, 20)]
    [InlineData(false, 2)]
    [InlineData(true, 2)]
    public async Task One_stream_fills_the_network_in_both_directions(bool ownWindows, int mebibytes)
    {
        await using WebApplication server = await ServeAsync(ownWindows, mebibytes << 20);
        await using var proxy = new ShapingProxy(new Uri(server.Urls.Single()), LongAndFat, 1, TimeProvider.System);
        using GrpcChannel plain = GrpcChannel.ForAddress(proxy.Address);
        ServerChannel own = ServerChannel.Open(new QwenVlClientOptions { ServerAddress = proxy.Address })!;
        using IDisposable? owner = own.Owner;
        using AsyncDuplexStreamingCall<ClientMessage, ServerMessage> call = new VisionLanguage.VisionLanguageClient(ownWindows ? own.Invoker : plain.CreateCallInvoker()).Converse();

        // Connected and used, before anything is timed.
        await call.RequestStream.WriteAsync(new ClientMessage { Hello = new Hello() });
        await call.ResponseStream.MoveNext();
        double down = Rate(mebibytes, await TimeAsync(() => DownAsync(call, mebibytes << 20))), up = Rate(mebibytes, await TimeAsync(() => UpAsync(call, mebibytes << 20)));

        output.WriteLine($"{(ownWindows ? "own windows" : "defaults")}, {mebibytes} MiB: {down:0} Mbit/s down, {up:0} up");
        if (ownWindows && mebibytes > 10) Assert.True(Math.Min(down, up) > LeastShare * Kbps / 1000, $"{down:0} Mbit/s down, {up:0} up");
    }

    private static double Rate(int mebibytes, TimeSpan took) => mebibytes * (1 << 20) * 8.0 / 1e6 / took.TotalSeconds;

    private static async Task<TimeSpan> TimeAsync(Func<Task> work)
    {
        long start = TimeProvider.System.GetTimestamp();
        await work();
        return TimeProvider.System.GetElapsedTime(start);
    }

    private static async Task DownAsync(AsyncDuplexStreamingCall<ClientMessage, ServerMessage> call, int bytes)
    {
        await call.RequestStream.WriteAsync(new ClientMessage { TakeOver = new TakeOver() });
        for (int got = 0; got < bytes; got += call.ResponseStream.Current.FeatureChunk.Data.Length) await call.ResponseStream.MoveNext();
    }

    private static async Task UpAsync(AsyncDuplexStreamingCall<ClientMessage, ServerMessage> call, int bytes)
    {
        var chunk = new ClientMessage { ImageChunk = new ImageChunk { Data = ByteString.CopyFrom(new byte[ChunkBytes]) } };
        for (int sent = 0; sent < bytes; sent += ChunkBytes) await call.RequestStream.WriteAsync(chunk);
        await call.RequestStream.CompleteAsync();
        while (await call.ResponseStream.MoveNext())
        {
        }
    }

    private static async Task<WebApplication> ServeAsync(bool ownWindows, int bytes)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            if (ownWindows) Listening.Limit(kestrel.Limits);
            kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2);
        });
        if (ownWindows) builder.WebHost.UseSockets(sockets => sockets.CreateBoundListenSocket = ListenSocket.Create);
        builder.Services.AddGrpc();
        builder.Services.AddSingleton(new Amount(bytes));
        WebApplication server = builder.Build();
        server.MapGrpcService<Mirror>();
        await server.StartAsync();
        return server;
    }

    private sealed record Amount(int Bytes);

    /// <summary>Greets, sends when it is told to, and ends when the client does.</summary>
    private sealed class Mirror(Amount amount) : VisionLanguage.VisionLanguageBase
    {
        public override async Task Converse(IAsyncStreamReader<ClientMessage> requestStream, IServerStreamWriter<ServerMessage> responseStream, ServerCallContext context)
        {
            var chunk = new ServerMessage { FeatureChunk = new FeatureChunk { Data = ByteString.CopyFrom(new byte[ChunkBytes]) } };
            while (await requestStream.MoveNext())
            {
                if (requestStream.Current.Hello is not null) await responseStream.WriteAsync(new ServerMessage { Welcome = new Welcome() });
                for (int sent = 0; requestStream.Current.TakeOver is not null && sent < amount.Bytes; sent += ChunkBytes) await responseStream.WriteAsync(chunk);
            }
        }
    }
}
