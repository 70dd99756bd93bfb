using Google.Protobuf;
using Grpc.Core;
using QwenVl.Protos.V1;
using QwenVl.Runtime.Errors;
using QwenVl.Tests.Runtime.Preprocessing;
using QwenVl.Tests.Server.Fakes;

namespace QwenVl.Tests.Server.Streaming;

[Collection(SharedServerGroup.Name)]
public sealed class UploadTests(SharedServer shared)
{
    private static readonly byte[] File = PictureFiles.Good;
    private readonly RunningServer _server = shared.Server;

    [Fact]
    public async Task A_picture_in_chunks_becomes_ready_and_is_known_the_second_time()
    {
        using TestStream stream = await TestStream.GreetAsync(_server);
        ImageReady ready = await stream.UploadAsync(1, File);
        Assert.Equal((1u, 90, 70, false), (ready.ImageId, ready.Width, ready.Height, ready.WasKnown));
        Assert.Equal(File.Length, _server.Live.ImageBytes);

        await stream.SendAsync(TestStream.Start(2, File));
        Assert.Equal((2u, true), ((await stream.ReadAsync()).ImageReady is { } known ? (known.ImageId, known.WasKnown) : default));
        Assert.Equal(File.Length, _server.Live.ImageBytes);
        await stream.CompleteAsync();
        await stream.ReadToEndAsync();
        await _server.BaselineAsync();
    }

    [Fact]
    public async Task A_chunk_out_of_order_ends_the_stream() => await BreaksAsync(TestStream.Chunk(1, File, 10, 10), RequestReason.ChunkOutOfOrder);

    [Fact]
    public async Task A_chunk_with_a_wrong_checksum_ends_the_stream()
    {
        ClientMessage chunk = TestStream.Chunk(1, File, 0, 10);
        chunk.ImageChunk.Crc32C ^= 1;
        await BreaksAsync(chunk, RequestReason.ChunkChecksum);
    }

    [Fact]
    public async Task A_chunk_that_is_too_large_or_empty_ends_the_stream()
    {
        await BreaksAsync(TestStream.Chunk(1, new byte[256 * 1024 + 1], 0, 256 * 1024 + 1), RequestReason.ChunkTooLarge);
        await BreaksAsync(TestStream.Chunk(1, [], 0, 0), RequestReason.ChunkTooLarge);
    }

    [Fact]
    public async Task A_chunk_beyond_the_announced_end_ends_the_stream() =>
        await BreaksAsync(TestStream.Chunk(1, [.. File, 0], 0, File.Length + 1), RequestReason.ChunkOutOfOrder);

    [Fact]
    public async Task A_chunk_of_a_picture_that_was_not_announced_ends_the_stream() => await BreaksAsync(TestStream.Chunk(7, File, 0, 10), RequestReason.ImageUnknown);

    [Fact]
    public async Task A_picture_announced_twice_ends_the_stream() => await BreaksAsync(TestStream.Start(1, File), RequestReason.BadRequest);

    [Fact]
    public async Task An_announcement_with_short_digests_ends_the_stream()
    {
        ClientMessage start = TestStream.Start(2, File);
        start.ImageStart.Md5 = ByteString.CopyFromUtf8("short");
        await BreaksAsync(start, RequestReason.BadRequest);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData((20L << 20) + 1)]
    [InlineData(long.MaxValue)]
    public async Task An_announcement_of_too_few_or_too_many_bytes_ends_the_stream(long bytes)
    {
        ClientMessage start = TestStream.Start(2, File);
        start.ImageStart.TotalBytes = bytes;
        await BreaksAsync(start, RequestReason.ImageTooLarge);
    }

    [Fact]
    public async Task A_picture_that_is_forgotten_gives_its_place_and_its_bytes_back()
    {
        using TestStream stream = await TestStream.GreetAsync(_server);
        for (uint id = 1; id <= 20; id++)
        {
            // A byte after the end: another file each time.
            byte[] file = [.. File, (byte)id];
            await stream.UploadAsync(id, file);
            Assert.Equal(file.Length, _server.Live.ImageBytes);
            await stream.SendAsync(new ClientMessage { ImageForget = new ImageForget { ImageId = id } });
        }

        Assert.Equal(RequestReason.ImageUnknown, (await stream.AskAsync(QuestionTests.Question(1, 20))).Failed.Reason);
        await stream.CompleteAsync();
        await stream.ReadToEndAsync();
        await _server.BaselineAsync();
    }

    [Fact]
    public async Task A_picture_that_was_never_announced_cannot_be_forgotten() =>
        await BreaksAsync(new ClientMessage { ImageForget = new ImageForget { ImageId = 9 } }, RequestReason.ImageUnknown);

    [Fact]
    public async Task More_pictures_than_a_stream_may_hold_end_it()
    {
        using TestStream stream = await TestStream.GreetAsync(_server);
        for (uint id = 1; id <= 16; id++)
        {
            await stream.SendAsync(TestStream.Start(id, File));
            Assert.NotNull((await stream.ReadAsync()).ImageNeeded);
        }

        await stream.SendAsync(TestStream.Start(17, File));
        await Refusal.HoldsAsync(stream, StatusCode.ResourceExhausted, RequestReason.ImageLimit);
        await _server.BaselineAsync();
    }

    [Fact]
    public async Task More_bytes_than_all_streams_may_hold_are_refused()
    {
        await using RunningServer small = await RunningServer.StartAsync(settings: new() { ["Runtime:MaxImageMemoryMb"] = "1" });
        using TestStream stream = await TestStream.GreetAsync(small);
        await stream.SendAsync(TestStream.Start(1, new byte[700_000]));
        Assert.NotNull((await stream.ReadAsync()).ImageNeeded);
        await stream.SendAsync(TestStream.Start(2, new byte[700_000]));
        await Refusal.HoldsAsync(stream, StatusCode.ResourceExhausted, RequestReason.ImageMemory);
        await small.BaselineAsync();
    }

    [Fact]
    public async Task Bytes_that_are_not_the_announced_picture_spoil_its_questions_and_not_the_stream()
    {
        using TestStream stream = await TestStream.GreetAsync(_server);
        ClientMessage start = TestStream.Start(1, File);
        start.ImageStart.Sha256 = ByteString.CopyFrom(new byte[32]);
        await stream.SendAsync(start);
        Assert.NotNull((await stream.ReadAsync()).ImageNeeded);
        await stream.SendAsync(TestStream.Chunk(1, File, 0, File.Length));

        Assert.Equal(RequestReason.ImageDigest, (await stream.AskAsync(About(1))).Failed.Reason);
        await stream.UploadAsync(2, File);
        Assert.Equal(Finished.Types.Reason.Length, (await stream.AskAsync(About(2))).Finished.Reason);
    }

    [Fact]
    public async Task A_question_about_a_picture_that_is_not_there_fails_alone()
    {
        using TestStream stream = await TestStream.GreetAsync(_server);
        Assert.Equal(RequestReason.ImageUnknown, (await stream.AskAsync(About(1))).Failed.Reason);
        await stream.SendAsync(TestStream.Start(2, File));
        Assert.NotNull((await stream.ReadAsync()).ImageNeeded);
        QuestionFailed early = (await stream.AskAsync(About(2))).Failed;
        Assert.Equal((RequestReason.ImageNotReady, (int)Google.Rpc.Code.FailedPrecondition), (early.Reason, early.Code));
        await stream.CompleteAsync();
        await stream.ReadToEndAsync();
        await _server.BaselineAsync();
    }

    private static Ask About(uint image) => new() { QuestionId = image, ImageIds = { image }, Prompt = "What is it?", MaxNewTokens = 2, Tokens = true };

    private async Task BreaksAsync(ClientMessage message, string reason)
    {
        using TestStream stream = await TestStream.GreetAsync(_server);
        await stream.SendAsync(TestStream.Start(1, File));
        Assert.NotNull((await stream.ReadAsync()).ImageNeeded);
        await stream.SendAsync(message);
        await Refusal.HoldsAsync(stream, StatusCode.InvalidArgument, reason);
        await _server.BaselineAsync();
    }
}
