using QwenVl.Protos.V1;
using QwenVl.Runtime.Errors;
using QwenVl.Tests.Runtime.Preprocessing;
using QwenVl.Tests.Server.Fakes;

namespace QwenVl.Tests.Server.Streaming;

/// <summary>Every kind of picture that people send: a bad one fails its question, with a reason, and nothing else.</summary>
[Collection(SharedServerGroup.Name)]
public sealed class PictureTests(SharedServer shared)
{
    private readonly RunningServer _server = shared.Server;

    [Fact]
    public async Task Text_is_no_picture() => await FailsAsync("no picture at all"u8.ToArray(), RequestReason.UnsupportedImage);

    [Fact]
    public async Task A_truncated_jpeg_is_refused() => await FailsAsync(PictureFiles.TruncatedJpeg, RequestReason.TruncatedImage);

    [Fact]
    public async Task A_truncated_png_is_refused() => await FailsAsync(PictureFiles.TruncatedPng, RequestReason.TruncatedImage);

    [Fact]
    public async Task A_header_of_20000_by_20000_pixels_is_refused_before_decoding() => await FailsAsync(PictureFiles.Huge, RequestReason.ImageTooLarge);

    [Fact]
    public async Task An_animation_is_refused() => await FailsAsync(PictureFiles.Animated, RequestReason.AnimatedImage);

    [Fact]
    public async Task A_picture_300_times_as_long_as_wide_is_refused() => await FailsAsync(PictureFiles.LongAndThin, RequestReason.ImageAspectRatio);

    [Fact]
    public async Task A_picture_of_one_pixel_is_enlarged() => Assert.Equal((1, 1, 64), await WorksAsync(PictureFiles.OnePixel));

    [Fact]
    public async Task A_cmyk_jpeg_is_read() => Assert.Equal((8, 8, 64), await WorksAsync(PictureFiles.CmykJpeg()));

    [Fact]
    public async Task A_16_bit_picture_is_read() => Assert.Equal((40, 30, 70), await WorksAsync(PictureFiles.SixteenBit));

    [Fact]
    public async Task An_exif_orientation_is_obeyed() => Assert.Equal((70, 90), await WorksAsync(PictureFiles.TurnedJpeg()) is var (width, height, _) ? (width, height) : default);

    private async Task FailsAsync(byte[] file, string reason)
    {
        using TestStream stream = await TestStream.GreetAsync(_server);
        await stream.SendImageAsync(1, file);
        QuestionFailed failed = (await stream.AskAsync(Everything(1))).Failed;
        Assert.Equal(((int)Google.Rpc.Code.InvalidArgument, reason), (failed.Code, failed.Reason));
        Assert.NotEmpty(failed.Message);

        await stream.UploadAsync(2, PictureFiles.Good);
        Assert.NotNull((await stream.AskAsync(Everything(2))).Finished);
        await stream.CompleteAsync();
        await stream.ReadToEndAsync();
        await _server.BaselineAsync();
    }

    private async Task<(int Width, int Height, int Tokens)> WorksAsync(byte[] file)
    {
        using TestStream stream = await TestStream.GreetAsync(_server);
        ImageReady ready = await stream.UploadAsync(1, file);
        TestAnswer answer = await stream.AskAsync(Everything(1));
        FeatureHeader header = answer.Messages.Single(message => message.FeatureHeader is not null).FeatureHeader;
        Assert.Equal((ready.Width, ready.Height), (header.OriginalWidth, header.OriginalHeight));
        Assert.Equal(Finished.Types.Reason.Length, answer.Finished.Reason);
        await stream.CompleteAsync();
        await stream.ReadToEndAsync();
        await _server.BaselineAsync();
        return (ready.Width, ready.Height, header.Tokens);
    }

    private static Ask Everything(uint image) => new() { QuestionId = image, ImageIds = { image }, Prompt = "What is it?", MaxNewTokens = 2, Tokens = true, Features = FeatureType.Float16 };
}
