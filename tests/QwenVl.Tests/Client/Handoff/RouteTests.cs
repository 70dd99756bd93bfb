using QwenVl.Client;
using QwenVl.Client.Answers;
using QwenVl.Client.Images;
using QwenVl.Model.Features;
using QwenVl.Model.Sampling;
using QwenVl.Model.Vision;
using QwenVl.Protos.V1;
using QwenVl.Tests.Client.Fakes;

namespace QwenVl.Tests.Client.Handoff;

public sealed class RouteTests
{
    private static readonly ClientImage Image = TestPictures.Image;
    private static readonly ReferenceAnswer Reference = ReferenceAnswer.Of(Image, "Route", SamplingParameters.Greedy, 24);

    [Theory]
    [InlineData(Route.Hybrid, true, true)]
    [InlineData(Route.CloudOnly, false, true)]
    [InlineData(Route.CloudFeatures, true, false)]
    public async Task A_route_asks_for_what_it_needs_and_gives_the_same_text(Route route, bool features, bool tokens)
    {
        FakeStream stream = new ScriptedServer { Image = Image, Answer = Reference, WaitAt = route == Route.Hybrid ? 5 : int.MaxValue }.Open();
        await using QwenVlClient client = await Conversation.ConnectAsync(stream);

        (_, AnswerSummary summary) = await Conversation.ReadAsync(await client.GenerateAsync(Image, "Route", new GenerateOptions { Route = route, MaxNewTokens = 24 }));

        Assert.Equal(Reference.Text, summary.Text);
        Ask ask = stream.Received.Single(message => message.Ask is not null).Ask;
        Assert.Equal(features, ask.Features != FeatureType.Unspecified);
        Assert.Equal(tokens, ask.Tokens);
        Assert.Equal(TimeSpan.FromSeconds(1), summary.Server!.Total);
        Assert.True(summary.BytesSent > Image.Bytes.Length);
        Assert.True(summary.BytesReceived > 0);
    }

    [Fact]
    public async Task The_device_alone_answers_without_a_connection()
    {
        await using var client = new QwenVlClient(Conversation.Options, TinyModel.Device(), null);
        await client.WarmUp(300, 200);

        (List<AnswerToken> tokens, AnswerSummary summary) = await Conversation.ReadAsync(await client.GenerateAsync(Image, "Route", new GenerateOptions { Route = Route.DeviceOnly, MaxNewTokens = 24 }));

        Assert.Equal(Reference.Text, summary.Text);
        Assert.All(tokens, token => Assert.Equal(TokenSource.Device, token.Source));
        Assert.NotNull(summary.Timings.EncodeImage);
        Assert.Equal(0, summary.BytesSent + summary.BytesReceived);
    }

    [Theory]
    [InlineData(FeatureEncoding.Float16)]
    [InlineData(FeatureEncoding.Int8Row)]
    [InlineData(FeatureEncoding.Int4Group)]
    public async Task Features_got_once_answer_later_without_a_connection(FeatureEncoding encoding)
    {
        CloudFeatures features;
        await using (QwenVlClient connected = await Conversation.ConnectAsync(new ScriptedServer { Image = Image, Answer = Reference }.Open()))
            features = await connected.GetFeaturesAsync(Image, new GenerateOptions { FeatureEncoding = encoding });
        await using var client = new QwenVlClient(Conversation.Options, TinyModel.Device(), null);

        (_, AnswerSummary summary) = await Conversation.ReadAsync(await client.GenerateAsync(Image, features, "Route", new GenerateOptions { MaxNewTokens = 24 }));

        // Four bits do not bring whole numbers up to 99 back.
        if (encoding != FeatureEncoding.Int4Group) Assert.Equal(Reference.Text, summary.Text);
        Assert.True(summary.DeviceTokens > 0);
    }

    [Fact]
    public async Task Features_of_another_picture_or_checkpoint_are_refused()
    {
        await using var client = new QwenVlClient(Conversation.Options, TinyModel.Device(), null);
        var other = new CloudFeatures(TinyModel.Device().Fingerprint, ImagePreprocessor.Version, new byte[32], Reference.Features);
        CloudFeatures foreign = other with { CheckpointFingerprint = "f", ImageSha256 = Image.Sha256 };

        foreach (CloudFeatures features in (CloudFeatures[])[other, foreign])
        {
            var error = await Assert.ThrowsAsync<QwenVlException>(() => client.GenerateAsync(Image, features, "?"));
            Assert.Equal(QwenVlErrorCode.FeaturesMismatch, error.Code);
        }
    }

    [Fact]
    public async Task What_cannot_be_asked_is_refused_with_its_code()
    {
        await using var device = new QwenVlClient(Conversation.Options, TinyModel.Device(), null);
        await using var cloud = new QwenVlClient(Conversation.Options, null, null);
        var hybrid = new GenerateOptions { Route = Route.Hybrid };

        Assert.Equal(QwenVlErrorCode.NotConnected, (await Assert.ThrowsAsync<QwenVlException>(() => device.GenerateAsync(Image, "?", hybrid))).Code);
        Assert.Equal(QwenVlErrorCode.InvalidArgument, (await Assert.ThrowsAsync<QwenVlException>(() => device.GenerateAsync(Image, " "))).Code);
        Assert.Equal(QwenVlErrorCode.NoDeviceEngines, (await Assert.ThrowsAsync<QwenVlException>(() => cloud.GenerateAsync(Image, "?", hybrid))).Code);
        var deviceOnly = new GenerateOptions { Route = Route.DeviceOnly, MaxNewTokens = TinyModel.MaxSequenceLength };
        Answer tooLong = await device.GenerateAsync(Image, "?", deviceOnly);
        Assert.Equal(QwenVlErrorCode.PromptTooLong, (await Assert.ThrowsAsync<QwenVlException>(() => tooLong.GetSummaryAsync())).Code);
    }
}
