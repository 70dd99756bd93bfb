using Grpc.Core;
using Microsoft.Extensions.Logging;
using QwenVl.Client.Answers;
using QwenVl.Client.Device;
using QwenVl.Client.Handoff;
using QwenVl.Client.Images;
using QwenVl.Client.Transport;
using QwenVl.Model.Sampling;
using QwenVl.Model.Vision;
using QwenVl.Protos.V1;

namespace QwenVl.Client;

/// <summary>
/// Asks Qwen3-VL about pictures, with a server, with the device's own engines, or with both: then the server begins the
/// answer and the device takes it over in mid-sentence. Safe for concurrent use; several questions may be under way.
/// </summary>
public sealed class QwenVlClient : IAsyncDisposable
{
    private readonly QwenVlClientOptions _options;
    private readonly ILogger _logger;
    private readonly LocalDevice? _device;
    private readonly CallInvoker? _invoker;
    private readonly IDisposable? _channel;
    private readonly ServerConnection? _server;
    private readonly RunningAnswers _running = new();
    private int _disposed;

    /// <summary>Opens the device's engine folder where one is named; loads and connects nothing yet.</summary>
    /// <exception cref="QwenVlException">An option is out of range, or the engine folder cannot be used.</exception>
    public QwenVlClient(QwenVlClientOptions options)
        : this(options, DeviceEngines.Open(options), ServerChannel.Open(options))
    {
    }

    internal QwenVlClient(QwenVlClientOptions options, DeviceModel? device, ServerChannel? server)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options;
        _logger = options.LoggerFactory.CreateLogger<QwenVlClient>();
        _device = device is null ? null : new LocalDevice(device, options.PrefillChunk);
        (_invoker, _channel) = (server?.Invoker, server?.Owner);
        _server = _invoker is null ? null : new ServerConnection(_invoker, _device, options, _logger);
    }

    /// <summary>Whether there is an open connection.</summary>
    public bool IsConnected => _server?.IsOpen ?? false;

    /// <summary>Answers under way.</summary>
    internal int Running => _running.Count;

    /// <summary>
    /// Loads the device's decoder, connects, and compares protocol, checkpoint and tokenizer. Once is enough: a connection that
    /// is lost is opened again when it is needed. Does nothing while it is open. A decoder that cannot be loaded is no reason
    /// not to connect: the server then writes alone, and <see cref="WarmUp"/> says what is wrong.
    /// </summary>
    /// <exception cref="QwenVlException">The server cannot be reached or does not fit; the code says which.</exception>
    public async Task ConnectAsync(CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(_disposed != 0, this);
        ServerConnection server = _server ?? throw new QwenVlException(QwenVlErrorCode.InvalidArgument, "There is no server to connect to: set ServerAddress, or ask with Route.DeviceOnly.");
        await server.OpenAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// For an app that goes to the background: pauses all answers and closes the connection, so that nothing is computed and
    /// nothing is sent until <see cref="Resume"/>. Questions asked meanwhile wait.
    /// </summary>
    /// <returns>Completes when all has come to rest.</returns>
    public async Task SuspendAsync()
    {
        await _running.SuspendAsync().ConfigureAwait(false);
        if (_server is not null) await _server.CloseAsync().ConfigureAwait(false);
    }

    /// <summary>Lets the answers go on that <see cref="SuspendAsync"/> paused, each at its next token. The connection is opened when one needs it.</summary>
    public void Resume() => _running.Resume();

    /// <summary>Runs the device's vision tower and decoder once on a grey picture of this size, so that the first question finds both ready.</summary>
    /// <param name="width">Pixels, at least 1.</param>
    /// <param name="height">Pixels, at least 1.</param>
    /// <param name="cancellationToken">Stops between the steps.</param>
    /// <exception cref="QwenVlException">There are no engines, they failed, or the size is impossible.</exception>
    public async Task WarmUp(int width, int height, CancellationToken cancellationToken = default)
    {
        LocalDevice device = RequireDevice("WarmUp");
        var grey = new RgbImage(width, height, GC.AllocateUninitializedArray<byte>(checked(width * height * 3)));
        grey.Pixels.AsSpan().Fill(128);
        ImagePatches patches = await device.RunAsync(() => ImagePreprocessor.Prepare(grey, SmartResize.Pixels512), cancellationToken).ConfigureAwait(false);
        ImageFeatures features = await device.EncodeAsync(patches, cancellationToken).ConfigureAwait(false);
        LocalSequence sequence = await device.StartAsync("?", features, 2, SamplingParameters.Greedy, cancellationToken).ConfigureAwait(false);
        await using (sequence.ConfigureAwait(false))
        {
            await sequence.PrefillAsync(cancellationToken).ConfigureAwait(false);
            await sequence.FeedAndSampleAsync(await sequence.SampleAsync(cancellationToken).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>
    /// Sends a picture ahead of its questions, which otherwise send it themselves; either way a connection sends it once.
    /// Whether it is a picture at all the first question says.
    /// </summary>
    /// <exception cref="QwenVlException">There is no connection, or the picture is over one of the server's limits.</exception>
    public async Task UploadAsync(ClientImage image, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(image);
        ConverseSession session = await RequireServer().OpenAsync(cancellationToken).ConfigureAwait(false);
        (await session.Pictures.SendAsync(image, cancellationToken).ConfigureAwait(false)).Dispose();
    }

    /// <summary>
    /// Asks whether the server has a picture already, so that a question about it would not have to send it. Needs no
    /// open stream: what an upload costs may decide the route. A hint, since the server may drop the picture at any time.
    /// </summary>
    /// <param name="image">The picture; only its digests and length are sent.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="QwenVlException">The server cannot be reached in time, or refuses.</exception>
    public async Task<bool> HasImageAsync(ClientImage image, CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(_disposed != 0, this);
        ArgumentNullException.ThrowIfNull(image);
        CallInvoker server = _invoker ?? throw new QwenVlException(QwenVlErrorCode.InvalidArgument, "There is no server to ask: set ServerAddress.");
        return await ImageLookup.RunAsync(new VisionLanguage.VisionLanguageClient(server), image, _options, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Asks a question about a picture.</summary>
    /// <param name="image">The picture; sent once a connection, and not at all where the server has it.</param>
    /// <param name="prompt">Plain text, not blank: special tokens written in it mean nothing.</param>
    /// <param name="options">How to answer; null for the defaults.</param>
    /// <param name="cancellationToken">Gives the question up, also after this method has returned.</param>
    /// <returns>The answer, under way.</returns>
    /// <exception cref="QwenVlException">The question cannot be asked; what goes wrong later is thrown by the answer.</exception>
    public async Task<Answer> GenerateAsync(ClientImage image, string prompt, GenerateOptions? options = null, CancellationToken cancellationToken = default)
    {
        AnswerQuestion question = Question(image, prompt, options);
        Route route = question.Options.Route;
        var clock = new AnswerClock(_options.TimeProvider);
        LocalDevice? device = route == Route.CloudOnly ? _device : RequireDevice($"Route.{route}");
        return route == Route.DeviceOnly
            ? await StartOnDeviceAsync(question, null, clock, cancellationToken).ConfigureAwait(false)
            : Start(new AnswerRun(question, device, RequireServer(), null, clock, _options, _logger), cancellationToken);
    }

    /// <summary>Asks a question about a picture whose features were computed before; needs no connection.</summary>
    /// <param name="image">The picture that the features are of.</param>
    /// <param name="cloudFeatures">From <see cref="GetFeaturesAsync"/>, of the device's own checkpoint.</param>
    /// <param name="prompt">Plain text, not blank.</param>
    /// <param name="options">How to answer; the route does not matter. Null for the defaults.</param>
    /// <param name="cancellationToken">Gives the question up, also after this method has returned.</param>
    /// <exception cref="QwenVlException">The features are of another picture, checkpoint or recipe, or the question cannot be asked.</exception>
    public async Task<Answer> GenerateAsync(ClientImage image, CloudFeatures cloudFeatures, string prompt, GenerateOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(cloudFeatures);
        AnswerQuestion question = Question(image, prompt, options);
        FeatureOwnership.Require(cloudFeatures, image, RequireDevice("An answer from features").Model);
        return await StartOnDeviceAsync(question, cloudFeatures.Features, new AnswerClock(_options.TimeProvider), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Lets the server compute a picture's features for the device's checkpoint, to be kept and asked about without a connection.</summary>
    /// <param name="image">The picture; sent once a connection.</param>
    /// <param name="options">Its resolution and feature encoding are used; null for the defaults.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<CloudFeatures> GetFeaturesAsync(ClientImage image, GenerateOptions? options = null, CancellationToken cancellationToken = default)
    {
        AnswerQuestion question = Question(image, "-", (options ?? GenerateOptions.Default) with { Route = Route.CloudFeatures });
        DeviceModel model = RequireDevice("GetFeaturesAsync").Model;
        var plan = new AskPlan(question) { Features = new FeatureAssembler(FeatureOwnership.Expect(question, model)) };
        ImageFeatures features = await FeatureRequest.RunAsync(RequireServer(), plan, _options, cancellationToken).ConfigureAwait(false);
        return new CloudFeatures(model.Fingerprint, ImagePreprocessor.Version, image.Sha256, features);
    }

    /// <summary>Gives up what is under way, closes the connection and frees the engines.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0) return;
        await _running.DisposeAsync().ConfigureAwait(false);
        if (_server is not null) await _server.DisposeAsync().ConfigureAwait(false);
        _channel?.Dispose();
        if (_device is not null) await _device.DisposeAsync().ConfigureAwait(false);
    }

    private Answer Start(AnswerRun run, CancellationToken cancellationToken) => _running.Start(run.Tokens, () => run.State, run.RunAsync, cancellationToken);

    private async Task<Answer> StartOnDeviceAsync(AnswerQuestion question, ImageFeatures? features, AnswerClock clock, CancellationToken cancellationToken)
    {
        await _device!.LoadAsync(cancellationToken).ConfigureAwait(false);
        return Start(new AnswerRun(question, _device, null, features, clock, _options, _logger), cancellationToken);
    }

    private AnswerQuestion Question(ClientImage image, string prompt, GenerateOptions? options)
    {
        ObjectDisposedException.ThrowIf(_disposed != 0, this);
        ArgumentNullException.ThrowIfNull(image);
        if (string.IsNullOrWhiteSpace(prompt)) throw new QwenVlException(QwenVlErrorCode.InvalidArgument, "The prompt is empty: ask something.");
        options ??= GenerateOptions.Default;
        options.Check();
        return new AnswerQuestion(image, prompt, options);
    }

    private LocalDevice RequireDevice(string what) => _device
        ?? throw new QwenVlException(QwenVlErrorCode.NoDeviceEngines, $"{what} needs engines on the device: set DeviceEnginePath, or ask with Route.CloudOnly.");

    private ServerConnection RequireServer() => _server is { WasOpened: true } server
        ? server
        : throw new QwenVlException(QwenVlErrorCode.NotConnected, "There was no connection yet: call ConnectAsync first.");
}
