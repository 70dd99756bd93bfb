using Microsoft.Extensions.Logging.Abstractions;
using QwenVl.Client;
using QwenVl.Client.Answers;
using QwenVl.Client.Images;
using QwenVl.Client.Routing;
using QwenVl.Tests.Client.Fakes;
using SkiaSharp;

namespace QwenVl.Tests.Client.Routing;

public sealed class RouterTests
{
    private static readonly CancellationToken Cancellation = TestContext.Current.CancellationToken;
    private int _lookUps;

    [Fact]
    public async Task Whether_the_server_has_a_picture_is_asked_only_where_that_decides()
    {
        var indifferent = new StubPolicy(_ => Route.CloudOnly);
        await RouteAsync(indifferent, TestPictures.Image, isKnown: true);
        Assert.Equal(0, _lookUps);

        var depends = new StubPolicy(facts => facts.Question.ImageIsKnown == true ? Route.CloudOnly : Route.DeviceOnly);
        Assert.Equal(Route.CloudOnly, (await RouteAsync(depends, TestPictures.Image, isKnown: true)).Decision.Route);
        Assert.Equal(Route.DeviceOnly, (await RouteAsync(depends, TestPictures.Image, isKnown: false)).Decision.Route);
        Assert.Equal(2, _lookUps);
    }

    [Fact]
    public async Task Nothing_is_asked_about_a_picture_that_the_connection_has_sent()
    {
        var depends = new StubPolicy(facts => facts.Question.ImageIsKnown == true ? Route.CloudOnly : Route.DeviceOnly);

        Assert.Equal(Route.CloudOnly, (await RouteAsync(depends, TestPictures.Image, isKnown: false, hasSent: true)).Decision.Route);
        Assert.Equal(0, _lookUps);
    }

    [Fact]
    public async Task A_server_that_does_not_say_whether_it_has_a_picture_is_taken_to_have_none()
    {
        var depends = new StubPolicy(facts => facts.Question.ImageIsKnown == true ? Route.CloudOnly : Route.DeviceOnly);
        Router router = Create(depends);
        var silent = new RouterLink(true, true, _ => false, async (_, cancellation) =>
        {
            await Task.Delay(Timeout.Infinite, cancellation);
            return true;
        });

        Assert.Equal(Route.DeviceOnly, (await router.RouteAsync(Question(TestPictures.Image), silent, Cancellation)).Decision.Route);
    }

    [Fact]
    public async Task A_pictures_detail_is_measured_only_where_that_decides()
    {
        ClientImage large = Checkered();
        var indifferent = new StubPolicy(_ => Route.CloudOnly);
        await RouteAsync(indifferent, large);
        Assert.Null(indifferent.Asked[^1].Question.EdgeDensity);

        var depends = new StubPolicy(facts => facts.Question.VisualTokens > 512 ? Route.CloudOnly : Route.DeviceOnly);
        Assert.Equal(Route.CloudOnly, (await RouteAsync(depends, large)).Decision.Route);
        Assert.True(depends.Asked[^1].Question.EdgeDensity > 0.28f, $"{depends.Asked[^1].Question.EdgeDensity}");
    }

    [Fact]
    public void The_detail_of_a_large_jpeg_is_seen_without_decoding_all_of_it()
    {
        PictureProfile fine = PictureProfile.Of(Checkered()), plain = PictureProfile.Of(Draw((_, _) => SKColors.LightGray));
        fine.MeasureDetail(long.MaxValue);
        plain.MeasureDetail(long.MaxValue);

        Assert.True(fine is { IsChoice: true, Tokens1024: > 700, Tokens512: < 300 });
        Assert.True(fine.EdgeDensity > plain.EdgeDensity);
    }

    [Fact]
    public async Task What_is_no_picture_is_routed_all_the_same()
    {
        ClientImage image = ClientImage.FromBytes("no picture"u8.ToArray());

        RoutedQuestion routed = await RouteAsync(FastestRoute.Default, image);

        Assert.Null(routed.Facts.Question.ImagePixels);
        Assert.NotNull(routed.Decision.Predicted);
    }

    [Fact]
    public async Task A_policy_that_chooses_what_is_impossible_is_refused_in_words()
    {
        var error = await Assert.ThrowsAsync<QwenVlException>(() => RouteAsync(new StubPolicy(_ => Route.Auto), TestPictures.Image));

        Assert.Equal(QwenVlErrorCode.InvalidArgument, error.Code);
        Assert.Contains("RoutingFacts.Candidates", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_cloud_answer_that_takes_longer_than_predicted_is_predicted_longer()
    {
        Router router = Create(new StubPolicy(_ => Route.CloudOnly));
        RoutedQuestion first = await router.RouteAsync(Question(TestPictures.Image), Link(false, false), Cancellation);
        var summary = new AnswerSummary
        {
            Text = "",
            FinishReason = FinishReason.Stop,
            CloudTokens = 32,
            DeviceTokens = 0,
            BytesSent = 0,
            BytesReceived = 0,
            Timings = new StageTimings { FirstToken = TimeSpan.FromSeconds(3), Total = TimeSpan.FromSeconds(5) },
        };
        AnswerSummary observed = await router.ObserveAsync(first, Task.FromResult(summary));
        RoutedQuestion second = await router.RouteAsync(Question(TestPictures.Image), Link(false, false), Cancellation);

        Assert.Equal((first.Decision, TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(5)), (observed.Outcome!.Decision, observed.Outcome.FirstToken, observed.Outcome.Total));
        Assert.True(second.Facts.Corrections[Route.CloudOnly] > 1.3);
    }

    private static ClientImage Checkered() => Draw((x, y) => ((x / 2) + (y / 2)) % 2 == 0 ? SKColors.Black : SKColors.White);

    private static ClientImage Draw(Func<int, int, SKColor> colour)
    {
        using var bitmap = new SKBitmap(new SKImageInfo(1100, 1000, SKColorType.Rgba8888, SKAlphaType.Unpremul));
        for (int y = 0; y < bitmap.Height; y++)
            for (int x = 0; x < bitmap.Width; x++) bitmap.SetPixel(x, y, colour(x, y));
        return ClientImage.FromBytes(TestPictures.Encode(bitmap, SKEncodedImageFormat.Jpeg));
    }

    private static Router Create(IRoutingPolicy policy) => new(Conversation.Options with { RoutingPolicy = policy }, TinyModel.Device(), NullLogger.Instance);

    private static AnswerQuestion Question(ClientImage image) => new(image, "What is it?", new GenerateOptions());

    private RouterLink Link(bool isKnown, bool hasSent) => new(true, true, _ => hasSent, (_, _) =>
    {
        _lookUps++;
        return Task.FromResult(isKnown);
    });

    private Task<RoutedQuestion> RouteAsync(IRoutingPolicy policy, ClientImage image, bool isKnown = false, bool hasSent = false) =>
        Create(policy).RouteAsync(Question(image), Link(isKnown, hasSent), Cancellation);
}
