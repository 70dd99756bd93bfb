using Microsoft.Extensions.Logging;
using QwenVl.Client.Answers;
using QwenVl.Client.Device;
using QwenVl.Client.Handoff;
using QwenVl.Client.Images;
using QwenVl.Client.Routing;
using QwenVl.Client.Transport;
using QwenVl.Model.Vision;

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
    private readonly IDisposable? _channel;
    private readonly ServerConnection? _server;
    private readonly RunningAnswers _running = new();
    private readonly Router _router;
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
        _device = device is null ? null : new LocalDevice(device, options.PrefillChunk, options.TimeProvider, options.MemoryBudget);
        _channel = server?.Owner;
        _router = new Router(options, device, _logger);
        _server = server is null || options.Privacy == Privacy.LocalOnly ? null : new ServerConnection(server.Invoker, _device, _router.Network, _router.Server, _running, options, _logger);
    }

    /// <summary>What only the app knows of battery and network: set it whenever that changes.</summary>
    public DeviceHints Hints
    {
        get => _router.Hints;
        set
        {
            ArgumentNullException.ThrowIfNull(value);
            _router.Hints = value;
        }
    }

    /// <summary>How fast the device's engines are, as far as that has been measured; null where there are none.</summary>
    public DeviceFacts? DeviceSpeed => _router.Device?.Facts;

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
        await NamedServer().OpenAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// For an app that goes to the background: pauses all answers and closes the connection, so that nothing is computed and
    /// nothing is sent until <see cref="Resume"/>. What is asked meanwhile waits; a question that names no route is the device's.
    /// </summary>
    /// <returns>Completes when all has come to rest.</returns>
    public async Task SuspendAsync()
    {
        await _running.SuspendAsync().ConfigureAwait(false);
        // Who resumed meanwhile needs it.
        if (_server is not null && _running.IsSuspended) await _server.CloseAsync().ConfigureAwait(false);
    }

    /// <summary>Lets the answers go on that <see cref="SuspendAsync"/> paused, each at its next token. The connection is opened when one needs it.</summary>
    public void Resume() => _running.Resume();

    /// <summary>
    /// Runs the device's vision tower and decoder on a grey picture of this size, so that the first question finds both ready. Where
    /// nobody knows yet how fast they are, runs them a second time against the clock; see <see cref="QwenVlClientOptions.CalibrationPath"/>.
    /// </summary>
    /// <param name="width">Pixels, at least 1.</param>
    /// <param name="height">Pixels, at least 1.</param>
    /// <param name="cancellationToken">Stops between the steps.</param>
    /// <exception cref="QwenVlException">There are no engines, they failed, or the size is impossible.</exception>
    public async Task WarmUp(int width, int height, CancellationToken cancellationToken = default)
    {
        LocalDevice device = RequireDevice("WarmUp");
        DeviceMonitor monitor = _router.Device!;
        monitor.WarmedUp(await new Calibration(device, _options.TimeProvider).RunAsync(width, height, !monitor.IsCalibrated, cancellationToken).ConfigureAwait(false));
    }

    /// <summary>
    /// Sends a picture ahead of its questions, which otherwise send it themselves; either way a connection sends it once.
    /// Whether it is a picture at all the first question says.
    /// </summary>
    /// <exception cref="QwenVlException">There is no connection, the picture is over one of the server's limits, or privacy keeps it here.</exception>
    public async Task UploadAsync(ClientImage image, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(image);
        await _router.Gate.RequireMayLeaveAsync(image, Privacy.MayLeave, cancellationToken).ConfigureAwait(false);
        ConverseSession session = await RequireServer().OpenAsync(cancellationToken).ConfigureAwait(false);
        (await session.Pictures.SendAsync(image, cancellationToken).ConfigureAwait(false)).Dispose();
    }

    /// <summary>
    /// Asks whether the server has a picture already, so that a question about it would not have to send it. Needs no
    /// open stream: what an upload costs may decide the route. A hint, since the server may drop the picture at any time.
    /// </summary>
    /// <param name="image">The picture; only its digests and length are sent.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="QwenVlException">The server cannot be reached in time, or refuses, or privacy keeps even the digests here.</exception>
    public async Task<bool> HasImageAsync(ClientImage image, CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(_disposed != 0, this);
        ArgumentNullException.ThrowIfNull(image);
        await _router.Gate.RequireMayLeaveAsync(image, Privacy.MayLeave, cancellationToken).ConfigureAwait(false);
        return await NamedServer().HasImageAsync(image, cancellationToken).ConfigureAwait(false);
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
        AnswerQuestion asked = Question(image, prompt, options);
        var clock = new AnswerClock(_options.TimeProvider);
        RoutedQuestion routed = await _router.RouteAsync(asked, Link(), cancellationToken).ConfigureAwait(false);
        Route route = routed.Decision.Route;
        if (route != Route.CloudOnly) RequireDevice($"Route.{route}");
        if (route == Route.DeviceOnly) return await StartOnDeviceAsync(routed, clock, cancellationToken).ConfigureAwait(false);
        ServerConnection server = RequireServer();
        try
        {
            // The decision is told before the answer begins: whether there is a server at all belongs to it.
            if (routed.MayFallBack) (await server.OpenAsync(cancellationToken).ConfigureAwait(false)).Pictures.CheckSize(image);
        }
        catch (QwenVlException error)
        {
            return await StartOnDeviceAsync(_router.FallBack(routed, error), clock, cancellationToken).ConfigureAwait(false);
        }

        return Start(routed, new AnswerRun(routed.Question, _device, server, null, routed.MayFallBack, clock, _options, _logger), cancellationToken);
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
        await LoadAsync(encodesFirst: false, cancellationToken).ConfigureAwait(false);
        var run = new AnswerRun(question, _device, null, cloudFeatures.Features, mayFallBack: false, new AnswerClock(_options.TimeProvider), _options, _logger);
        return _running.Start(run.Tokens, () => run.State, run.RunAsync, decision: null, cancellationToken);
    }

    /// <summary>Lets the server compute a picture's features for the device's checkpoint, to be kept and asked about without a connection.</summary>
    /// <param name="image">The picture; sent once a connection.</param>
    /// <param name="options">Its resolution and feature encoding are used; null for the defaults.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<CloudFeatures> GetFeaturesAsync(ClientImage image, GenerateOptions? options = null, CancellationToken cancellationToken = default)
    {
        AnswerQuestion question = Question(image, "-", (options ?? GenerateOptions.Default) with { Route = Route.CloudFeatures });
        DeviceModel model = RequireDevice("GetFeaturesAsync").Model;
        await _router.Gate.RequireMayLeaveAsync(image, question.Options.Privacy, cancellationToken).ConfigureAwait(false);
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

    private async Task<Answer> StartOnDeviceAsync(RoutedQuestion routed, AnswerClock clock, CancellationToken cancellationToken)
    {
        await LoadAsync(encodesFirst: true, cancellationToken).ConfigureAwait(false);
        return Start(routed, new AnswerRun(routed.Question, _device, null, null, mayFallBack: false, clock, _options, _logger), cancellationToken);
    }

    /// <summary>Loads the device's engines ahead of an answer; while all rests nothing is computed, and the answer loads them when it goes on.</summary>
    private Task LoadAsync(bool encodesFirst, CancellationToken cancellationToken) =>
        _running.IsSuspended ? Task.CompletedTask : _device!.LoadAsync(encodesFirst, cancellationToken);

    private Answer Start(RoutedQuestion routed, AnswerRun run, CancellationToken cancellationToken) =>
        _running.Start(run.Tokens, () => run.State, (gate, token) => _router.ObserveAsync(routed, run.RunAsync(gate, token)), routed.Decision, cancellationToken);

    private RouterLink Link() => new(_server is not null, _server is { IsPromising: true } && !_running.IsSuspended, image => _server?.HasSent(image) == true, (image, token) => NamedServer().HasImageAsync(image, token));

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

    private ServerConnection NamedServer() => _options.Privacy == Privacy.LocalOnly
        ? throw PrivacyGate.MustStay("the client's privacy is LocalOnly")
        : _server ?? throw new QwenVlException(QwenVlErrorCode.InvalidArgument, "There is no server: set ServerAddress, or ask with Route.DeviceOnly.");

    private ServerConnection RequireServer() => _options.Privacy == Privacy.LocalOnly || _server is { WasOpened: true }
        ? NamedServer()
        : throw new QwenVlException(QwenVlErrorCode.NotConnected, "There was no connection yet: set ServerAddress and call ConnectAsync first.");
}
