using System.Buffers.Binary;
using Google.Protobuf;
using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;
using QwenVl.Protos.V1;
using QwenVl.Runtime.Encoding;
using QwenVl.Tests.Infrastructure;
using QwenVl.Tests.Runtime.Caching;
using QwenVl.Tests.Runtime.Preprocessing;
using QwenVl.Tests.Server.Fakes;
using QwenVl.Tests.Server.Tenancy;

namespace QwenVl.Tests.Server.Streaming;

/// <summary>What a stream need not send, and what it must not get, because another sent it before.</summary>
public sealed class KnownPictureTests
{
    private static readonly byte[] File = PictureFiles.Good;

    [Fact]
    public async Task A_picture_of_an_earlier_stream_needs_no_upload_and_its_features_no_tower()
    {
        await using RunningServer server = await StartAsync();
        FeatureHeader first = await AskAsync(server, File, isKnown: false);
        int runs = 0;
        server.Hooks.Encoding = _ => Interlocked.Increment(ref runs);
        FeatureHeader second = await AskAsync(server, File, isKnown: true);

        Assert.Equal((false, true, 0), (first.WasCached, second.WasCached, runs));
        Assert.Equal((first.ImageSha256, first.GridHeight, first.GridWidth), (second.ImageSha256, second.GridHeight, second.GridWidth));
        await server.BaselineAsync();
        FeaturePipeline features = server.Services.GetRequiredService<FeaturePipeline>();
        Assert.Equal((File.Length, 0, 0), (features.Images.Bytes, features.Images.EvictedBytes, features.Features.EvictedBytes));
    }

    [Fact]
    public async Task A_picture_that_is_known_can_be_asked_about_at_another_resolution()
    {
        await using RunningServer server = await StartAsync();
        byte[] large = PictureFiles.Png(700, 600);
        FeatureHeader small = await AskAsync(server, large, isKnown: false, Resolution._512), detailed = await AskAsync(server, large, isKnown: true, Resolution._1024);

        Assert.False(detailed.WasCached);
        Assert.True(detailed.Tokens > small.Tokens);
    }

    [Fact]
    public async Task Md5_collision_pair_does_not_hit()
    {
        await using RunningServer server = await StartAsync();
        int runs = 0;
        server.Hooks.Encoding = batch => Interlocked.Add(ref runs, batch.Count);
        FeatureHeader one = await AskAsync(server, CollidingPictures.One, isKnown: false), other = await AskAsync(server, CollidingPictures.Other, isKnown: false);

        Assert.Equal(one.ImageMd5, other.ImageMd5);
        Assert.NotEqual(one.ImageSha256, other.ImageSha256);
        Assert.Equal((false, false, 2), (one.WasCached, other.WasCached, runs));
        Assert.True((await AskAsync(server, CollidingPictures.One, isKnown: true)).WasCached);
        Assert.True((await AskAsync(server, CollidingPictures.Other, isKnown: true)).WasCached);
    }

    [Fact]
    public async Task Same_pixels_other_shape_misses()
    {
        // One colour: the same bytes of pixels whichever side is the longer one.
        await using RunningServer server = await StartAsync();
        FeatureHeader wide = await AskAsync(server, Bmp(96, 64), isKnown: false), tall = await AskAsync(server, Bmp(64, 96), isKnown: false);

        Assert.Equal((false, false), (wide.WasCached, tall.WasCached));
        Assert.Equal((wide.GridHeight, wide.GridWidth), (tall.GridWidth, tall.GridHeight));
        Assert.NotEqual(wide.GridHeight, wide.GridWidth);
    }

    [Fact]
    public async Task Tenant_b_never_hits_tenant_a()
    {
        using var folder = new TemporaryFolder();
        await using RunningServer server = await StartAsync("--api-keys-file", KeysFile.Write(folder, ("a", "key of a"), ("b", "key of b")));
        CallOptions a = KeysFile.Bearer("key of a"), b = KeysFile.Bearer("key of b");
        Assert.False((await AskAsync(server, File, isKnown: false, options: a)).WasCached);
        Assert.Equal((true, false), (await HasAsync(server, File, a), await HasAsync(server, File, b)));
        Assert.False((await AskAsync(server, File, isKnown: false, options: b)).WasCached);
        Assert.True((await AskAsync(server, File, isKnown: true, options: a)).WasCached);
        Assert.True((await AskAsync(server, File, isKnown: true, options: b)).WasCached);
    }

    [Fact]
    public async Task A_picture_that_made_room_for_others_must_be_uploaded_again_and_is_still_used_by_its_stream()
    {
        await using RunningServer server = await RunningServer.StartAsync(flags: ["--image-cache-mb", "1"]);
        using TestStream stream = await TestStream.GreetAsync(server);
        byte[] large = Bmp(512, 512), other = Bmp(500, 500);
        await stream.UploadAsync(1, large);
        await AskAsync(server, other, isKnown: false);
        Assert.False(await HasAsync(server, large, default));
        Assert.Equal(Finished.Types.Reason.FeaturesOnly, (await stream.AskAsync(About(1))).Finished.Reason);
        await stream.CompleteAsync();
        await stream.ReadToEndAsync();
        await server.BaselineAsync();
    }

    [Fact]
    public async Task A_known_picture_counts_for_the_limit_on_bytes_like_one_that_is_uploaded()
    {
        await using RunningServer server = await StartAsync();
        await AskAsync(server, File, isKnown: false);
        using TestStream stream = await TestStream.GreetAsync(server);
        await stream.SendAsync(TestStream.Start(1, File));
        Assert.True((await stream.ReadAsync()).ImageReady.WasKnown);
        Assert.Equal(File.Length, server.Live.ImageBytes);
        await stream.CompleteAsync();
        await stream.ReadToEndAsync();
        await server.BaselineAsync();
    }

    [Fact]
    public async Task Too_many_or_malformed_digests_are_refused()
    {
        await using RunningServer server = await StartAsync();
        var client = new VisionLanguage.VisionLanguageClient(server.Channel);
        var many = new HasImageRequest { Images = { Enumerable.Repeat(DigestOf(File), 257) } };
        var malformed = new HasImageRequest { Images = { DigestOf(File), new ImageDigest { Md5 = ByteString.CopyFromUtf8("short"), TotalBytes = 1 } } };
        foreach (HasImageRequest bad in (HasImageRequest[])[many, malformed])
            Assert.Equal(StatusCode.InvalidArgument, (await Assert.ThrowsAsync<RpcException>(async () => await client.HasImageAsync(bad))).StatusCode);
        Assert.Empty((await client.HasImageAsync(new HasImageRequest())).Known);
    }

    private static Task<RunningServer> StartAsync(params string[] flags) => RunningServer.StartAsync(flags: ["--image-cache-mb", "64", .. flags]);

    private static async Task<bool> HasAsync(RunningServer server, byte[] file, CallOptions options) =>
        Assert.Single((await new VisionLanguage.VisionLanguageClient(server.Channel).HasImageAsync(new HasImageRequest { Images = { DigestOf(file) } }, options)).Known);

    private static ImageDigest DigestOf(byte[] file)
    {
        ImageStart start = TestStream.Start(1, file).ImageStart;
        return new ImageDigest { Md5 = start.Md5, Sha256 = start.Sha256, TotalBytes = file.Length };
    }

    /// <summary>A stream of its own that announces a picture, uploads it where it is needed, and asks for its features.</summary>
    private static async Task<FeatureHeader> AskAsync(RunningServer server, byte[] file, bool isKnown, Resolution resolution = Resolution._512, CallOptions options = default)
    {
        using TestStream stream = await TestStream.GreetAsync(server, options);
        if (isKnown)
        {
            await stream.SendAsync(TestStream.Start(1, file));
            ImageReady ready = (await stream.ReadAsync()).ImageReady;
            Assert.True(ready.WasKnown);
        }
        else
        {
            await stream.SendImageAsync(1, file, 100_000);
            Assert.False((await stream.ReadAsync()).ImageReady.WasKnown);
        }

        Ask ask = About(1);
        ask.Resolution = resolution;
        TestAnswer answer = await stream.AskAsync(ask);
        await stream.CompleteAsync();
        await stream.ReadToEndAsync();
        return answer.Messages.Single(message => message.FeatureHeader is not null).FeatureHeader;
    }

    private static Ask About(uint image) => new() { QuestionId = 1, ImageIds = { image }, Prompt = "What is it?", Features = FeatureType.Float16 };

    /// <summary>One colour in 24 bits a pixel, not compressed; rows must be multiples of four bytes.</summary>
    private static byte[] Bmp(int width, int height)
    {
        const int Head = 54;
        var file = new byte[Head + width * height * 3];
        "BM"u8.CopyTo(file);
        foreach ((int at, int value) in ((int, int)[])[(2, file.Length), (10, Head), (14, 40), (18, width), (22, height), (26, 1 | 24 << 16), (34, width * height * 3)])
            BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(at), value);
        file.AsSpan(Head).Fill(120);
        return file;
    }
}
