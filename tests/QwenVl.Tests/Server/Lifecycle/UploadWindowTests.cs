using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;
using QwenVl.Model.Features;
using QwenVl.Protos.V1;
using QwenVl.Tests.Server.Fakes;

namespace QwenVl.Tests.Server.Lifecycle;

public sealed class UploadWindowTests
{
    /// <summary>What 100 Mbit/s carry in 100 ms.</summary>
    private const int OnTheWay = 100_000_000 / 8 / 10;

    private const int PictureBytes = 8 << 20;
    private const int ChunkBytes = 256 * 1024;

    [Fact]
    public async Task A_client_may_fill_a_long_fat_network_before_it_hears_of_the_first_byte()
    {
        await using RunningServer server = await RunningServer.StartAsync();
        await using var proxy = new CountingProxy(server.GrpcAddress);
        using GrpcChannel channel = GrpcChannel.ForAddress(proxy.Address);
        using var stop = new CancellationTokenSource();
        using AsyncDuplexStreamingCall<ClientMessage, ServerMessage> call = new VisionLanguage.VisionLanguageClient(channel).Converse(cancellationToken: stop.Token);
        await call.RequestStream.WriteAsync(new ClientMessage { Hello = new Hello { ProtocolVersion = 1 } }, stop.Token);
        await call.ResponseStream.MoveNext(stop.Token).WaitAsync(Waiting.Limit);
        await call.RequestStream.WriteAsync(new ClientMessage { ImageStart = new ImageStart { ImageId = 1, TotalBytes = PictureBytes, Md5 = ByteString.CopyFrom(new byte[16]), Sha256 = ByteString.CopyFrom(new byte[32]) } }, stop.Token);
        await call.ResponseStream.MoveNext(stop.Token).WaitAsync(Waiting.Limit);
        Assert.NotNull(call.ResponseStream.Current.ImageNeeded);
        proxy.SilenceServer();
        long before = proxy.Up;

        Task sending = SendAsync(call.RequestStream, stop.Token);
        await Waiting.UntilAsync(() => proxy.Up - before >= OnTheWay, $"{OnTheWay} bytes are on the way");

        await stop.CancelAsync();
        await sending.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
    }

    private static async Task SendAsync(IClientStreamWriter<ClientMessage> stream, CancellationToken cancellation)
    {
        byte[] data = new byte[ChunkBytes];
        for (int offset = 0; offset < PictureBytes; offset += ChunkBytes)
            await stream.WriteAsync(new ClientMessage { ImageChunk = new ImageChunk { ImageId = 1, Offset = offset, Data = ByteString.CopyFrom(data), Crc32C = Crc32C.Compute(data) } }, cancellation);
    }
}
