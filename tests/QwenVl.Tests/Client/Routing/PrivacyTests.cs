using QwenVl.Client;
using QwenVl.Client.Answers;
using QwenVl.Client.Images;
using QwenVl.Client.Routing;
using QwenVl.Client.Transport;
using QwenVl.Model.Sampling;
using QwenVl.Tests.Client.Fakes;

namespace QwenVl.Tests.Client.Routing;

/// <summary>Nothing that must stay leaves: counted at a real socket, and at an open stream.</summary>
public sealed class PrivacyTests : IAsyncDisposable
{
    private static readonly ClientImage Image = TestPictures.Image;
    private static readonly ReferenceAnswer Reference = ReferenceAnswer.Of(Image, "Route", SamplingParameters.Greedy, 24);
    private static readonly IPrivacyRule Faces = ClassifierRule.Faces((_, _) => ValueTask.FromResult(true));
    private static readonly IPrivacyRule Nothing = ClassifierRule.Documents((_, _) => ValueTask.FromResult(false));
    private static readonly IPrivacyRule Broken = new ClassifierRule("broken", (_, _) => throw new InvalidOperationException("defect"));

    private readonly CountingListener _listener = new();

    public static TheoryData<Route> Routes => [.. Enum.GetValues<Route>()];

    public ValueTask DisposeAsync() => _listener.DisposeAsync();

    [Theory]
    [MemberData(nameof(Routes))]
    public async Task A_client_that_keeps_everything_local_answers_and_opens_no_socket_whatever_is_called(Route route)
    {
        await using QwenVlClient client = Client(new() { Privacy = Privacy.LocalOnly });

        await RefusesToSendAsync(client);
        await KeptAsync(() => client.ConnectAsync());
        AnswerSummary summary = await AskAsync(client, new GenerateOptions { Route = route });

        Assert.Equal(Route.DeviceOnly, summary.Outcome!.Decision.Route);
        Assert.Equal(0, await _listener.CountAsync());
    }

    [Theory]
    [MemberData(nameof(Routes))]
    public async Task A_question_that_must_stay_is_answered_without_a_socket(Route route)
    {
        await using QwenVlClient client = Client(new());

        AnswerSummary summary = await AskAsync(client, new GenerateOptions { Route = route, Privacy = Privacy.LocalOnly });
        await KeptAsync(() => client.GetFeaturesAsync(Image, new GenerateOptions { Privacy = Privacy.LocalOnly }));

        Assert.Equal(Route.DeviceOnly, summary.Outcome!.Decision.Route);
        Assert.Equal(0, await _listener.CountAsync());
    }

    [Fact]
    public async Task What_a_rule_keeps_stays_and_the_explanation_names_the_rule()
    {
        await using QwenVlClient client = Client(new() { PrivacyRules = [Nothing, Faces] });

        await RefusesToSendAsync(client);
        AnswerSummary summary = await AskAsync(client, new GenerateOptions { Route = Route.CloudOnly });

        Assert.Equal("device only: the privacy rule faces says that faces were found", summary.Outcome!.Decision.Explanation);
        Assert.Equal(0, await _listener.CountAsync());
    }

    [Fact]
    public async Task A_rule_that_fails_keeps_what_it_could_not_judge()
    {
        await using QwenVlClient client = Client(new() { PrivacyRules = [Nothing, Broken] });

        await RefusesToSendAsync(client);
        AnswerSummary summary = await AskAsync(client, new GenerateOptions());

        Assert.Equal("device only: the privacy rule broken failed (InvalidOperationException)", summary.Outcome!.Decision.Explanation);
        Assert.Equal(0, await _listener.CountAsync());
    }

    [Fact]
    public async Task What_nothing_keeps_is_sent_which_is_what_the_counter_sees()
    {
        await using QwenVlClient client = Client(new() { PrivacyRules = [Nothing] });

        await Assert.ThrowsAsync<QwenVlException>(() => client.HasImageAsync(Image));

        Assert.NotEqual(0, await _listener.CountAsync());
    }

    [Fact]
    public async Task A_rule_sees_the_picture_its_pixels_and_the_prompt()
    {
        PrivacySubject? seen = null;
        var rule = new ClassifierRule("watching", (subject, _) =>
        {
            seen = subject;
            return ValueTask.FromResult(subject.Pixels.Width == TestPictures.Width);
        });
        await using QwenVlClient client = Client(new() { PrivacyRules = [rule] });

        await AskAsync(client, new GenerateOptions());

        Assert.Equal((Image, "Route", TestPictures.Height), (seen!.Image, seen.Prompt, seen.Pixels.Height));
    }

    [Fact]
    public async Task On_an_open_connection_nothing_is_said_of_what_must_stay()
    {
        FakeStream stream = new ScriptedServer { Image = Image, Answer = Reference }.Open();
        await using QwenVlClient client = await Conversation.ConnectAsync(stream);

        await AskAsync(client, new GenerateOptions { Route = Route.Hybrid, Privacy = Privacy.LocalOnly });
        await KeptAsync(() => client.GetFeaturesAsync(Image, new GenerateOptions { Privacy = Privacy.LocalOnly }));

        Assert.False(stream.TryRead(out _));
        Assert.NotNull(Assert.Single(stream.Received).Hello);
    }

    [Fact]
    public async Task Without_engines_what_must_stay_is_an_error_and_never_sent()
    {
        var options = new QwenVlClientOptions { ServerAddress = _listener.Address };
        await using var client = new QwenVlClient(options, null, ServerChannel.Open(options));

        await KeptAsync(() => client.GenerateAsync(Image, "Route", new GenerateOptions { Privacy = Privacy.LocalOnly }));
        await KeptAsync(() => client.GenerateAsync(Image, "Route", new GenerateOptions { Route = Route.CloudOnly, Privacy = Privacy.LocalOnly }));
        var error = Assert.Throws<QwenVlException>(() => new QwenVlClient(options with { Privacy = Privacy.LocalOnly }));

        Assert.Equal(QwenVlErrorCode.InvalidArgument, error.Code);
        Assert.Equal(0, await _listener.CountAsync());
    }

    private static async Task RefusesToSendAsync(QwenVlClient client)
    {
        await KeptAsync(() => client.HasImageAsync(Image));
        await KeptAsync(() => client.UploadAsync(Image));
        await KeptAsync(() => client.GetFeaturesAsync(Image));
    }

    private static async Task KeptAsync(Func<Task> send) => Assert.Equal(QwenVlErrorCode.LocalOnly, (await Assert.ThrowsAsync<QwenVlException>(send)).Code);

    private static async Task<AnswerSummary> AskAsync(QwenVlClient client, GenerateOptions options)
    {
        (_, AnswerSummary summary) = await Conversation.ReadAsync(await client.GenerateAsync(Image, "Route", options with { MaxNewTokens = 24 }));
        Assert.Equal(Reference.Text, summary.Text);
        Assert.Equal((0, 0, 0), (summary.CloudTokens, summary.BytesSent, summary.BytesReceived));
        return summary;
    }

    private QwenVlClient Client(QwenVlClientOptions options)
    {
        options = options with { ServerAddress = _listener.Address, DeviceEnginePath = "given", PrefillChunk = 7 };
        // As the public constructor does, around a device of numbers.
        return new QwenVlClient(options, TinyModel.Device(), ServerChannel.Open(options));
    }
}
