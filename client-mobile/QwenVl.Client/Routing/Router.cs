using Microsoft.Extensions.Logging;
using QwenVl.Client.Answers;
using QwenVl.Client.Device;
using QwenVl.Model.Prompts;
using QwenVl.Model.Vision;

namespace QwenVl.Client.Routing;

/// <summary>
/// Gives every question its route: privacy first, then what the caller named, then the policy, whose facts it gathers without
/// sending anything unless the answer to a question would change the decision. Learns from every answer. Safe for concurrent use.
/// </summary>
internal sealed partial class Router
{
    // Asking whether a picture is known must not cost what it could save.
    private const int PatienceRoundTrips = 4;
    private static readonly TimeSpan LeastPatience = TimeSpan.FromMilliseconds(100);

    private readonly QwenVlClientOptions _options;
    private readonly ILogger _logger;
    private readonly AnswerLengths _lengths;
    private readonly RouteCorrections _corrections;
    private volatile DeviceHints _hints = DeviceHints.None;

    public Router(QwenVlClientOptions options, DeviceModel? device, ILogger logger)
    {
        (_options, _logger) = (options, logger);
        Gate = new PrivacyGate(options, logger);
        Network = new NetworkMonitor(options.TimeProvider);
        Server = new ServerMonitor(options.TimeProvider);
        _lengths = new AnswerLengths(options.TimeProvider);
        _corrections = new RouteCorrections(options.TimeProvider);
        if (device is null) return;
        int threads = options.DeviceThreads > 0 ? options.DeviceThreads : Environment.ProcessorCount;
        Device = new DeviceMonitor(device, options.CalibrationPath is { } path ? new CalibrationStore(path, $"{device.EngineKey}/threads={threads}", logger) : null);
    }

    /// <summary>Stands before everything that sends.</summary>
    public PrivacyGate Gate { get; }

    /// <summary>The way to the server.</summary>
    public NetworkMonitor Network { get; }

    /// <summary>The server.</summary>
    public ServerMonitor Server { get; }

    /// <summary>The device; null where it has no engines.</summary>
    public DeviceMonitor? Device { get; }

    /// <summary>What the app says.</summary>
    public DeviceHints Hints
    {
        get => _hints;
        set => _hints = value;
    }

    /// <summary>Decides who answers.</summary>
    /// <exception cref="QwenVlException">It must stay on a device without engines, or the policy chose what is impossible.</exception>
    public async Task<RoutedQuestion> RouteAsync(AnswerQuestion question, RouterLink link, CancellationToken cancellationToken)
    {
        Route named = question.Options.Route;
        string? stay = named == Route.DeviceOnly ? null : await Gate.ReasonToStayAsync(question.Image, question.Prompt, question.Options.Privacy, cancellationToken).ConfigureAwait(false);
        if (stay is not null && Device is null) throw PrivacyGate.MustStay(stay);
        // Nothing of a picture that must stay is asked of anybody.
        RoutingFacts facts = Gather(question, stay is null && link.IsConnected && link.HasSent(question.Image));
        RoutedQuestion routed = stay is not null ? Only(question, facts, Route.DeviceOnly, stay)
            : named != Route.Auto ? Only(question, facts, named, "as asked for")
            : Device is null ? Only(question, facts, Route.CloudOnly, "there are no engines on the device")
            : !link.HasServer ? Only(question, facts, Route.DeviceOnly, "no server is named")
            : !link.IsConnected ? Only(question, facts, Route.DeviceOnly, "there is no open connection")
            : await ChooseAsync(question, facts with { Candidates = [Route.Hybrid, Route.CloudOnly, Route.CloudFeatures, Route.DeviceOnly] }, link, cancellationToken).ConfigureAwait(false);
        Log.Decided(_logger, routed.Decision.Explanation);
        return routed;
    }

    /// <summary>The device answers what the server could not be asked.</summary>
    public RoutedQuestion FallBack(RoutedQuestion routed, QwenVlException error)
    {
        if (error.Code == QwenVlErrorCode.LimitExceeded) Server.Refused();
        RoutedQuestion local = Only(routed.Question, routed.Facts, Route.DeviceOnly, $"the server could not be asked ({error.Code})");
        Log.Decided(_logger, local.Decision.Explanation);
        return local;
    }

    /// <summary>Waits for an answer and learns from it.</summary>
    /// <returns>The answer's summary with its decision.</returns>
    public async Task<AnswerSummary> ObserveAsync(RoutedQuestion routed, Task<AnswerSummary> answering)
    {
        AnswerSummary summary;
        try
        {
            summary = await answering.ConfigureAwait(false);
        }
        catch (QwenVlException error) when (error.Code == QwenVlErrorCode.LimitExceeded)
        {
            Server.Refused();
            throw;
        }

        Learn(routed, summary);
        return summary with { Outcome = new RouteOutcome(routed.Decision, summary.Timings.FirstToken, summary.Timings.Total) };
    }

    private static RoutedQuestion Only(AnswerQuestion question, RoutingFacts facts, Route route, string why)
    {
        facts = facts with { Candidates = [route] };
        RoutePrediction predicted = new RouteCosts(facts).Predict(RoutePlan.Of(route, facts.Question));
        return Routed(question, facts, new RouteDecision
        {
            Route = route,
            Resolution = facts.Question.Resolution,
            FeatureEncoding = facts.Question.FeatureEncoding,
            TakeOverAfter = facts.Question.TakeOverAfter,
            Predicted = predicted,
            Predictions = [predicted],
            Explanation = RouteExplanation.Of(route, why),
        }, mayFallBack: false);
    }

    private static RoutedQuestion Routed(AnswerQuestion question, RoutingFacts facts, RouteDecision decision, bool mayFallBack) => new(
        question with
        {
            Options = question.Options with
            {
                Route = decision.Route,
                Resolution = decision.Resolution,
                FeatureEncoding = decision.FeatureEncoding,
                TakeOverAfter = decision.TakeOverAfter,
            },
        },
        decision, facts, mayFallBack);

    private async Task<RoutedQuestion> ChooseAsync(AnswerQuestion question, RoutingFacts facts, RouterLink link, CancellationToken cancellationToken)
    {
        facts = await WithDetailAsync(question, facts, cancellationToken).ConfigureAwait(false);
        (facts, RouteDecision decision) = await WithKnownImageAsync(question, facts, link, cancellationToken).ConfigureAwait(false);
        return Routed(question, facts, decision, mayFallBack: true);
    }

    private RouteDecision Decide(RoutingFacts facts)
    {
        RouteDecision decision = _options.RoutingPolicy.Decide(facts);
        return facts.Candidates.Contains(decision.Route)
            ? decision
            : throw new QwenVlException(QwenVlErrorCode.InvalidArgument, $"The routing policy chose {decision.Route}, which is none of {string.Join(", ", facts.Candidates)}: it must choose among RoutingFacts.Candidates.");
    }

    /// <summary>Decodes a picture to see its detail only where that decides.</summary>
    private async Task<RoutingFacts> WithDetailAsync(AnswerQuestion question, RoutingFacts facts, CancellationToken cancellationToken)
    {
        PictureProfile picture = PictureProfile.Of(question.Image);
        if (question.Options.Resolution != PictureResolution.Auto || !picture.IsChoice || picture.EdgeDensity is not null) return facts;
        Route plain = Decide(facts with { Question = facts.Question with { VisualTokens = picture.Tokens512 } }).Route;
        Route detailed = Decide(facts with { Question = facts.Question with { VisualTokens = picture.Tokens1024 } }).Route;
        if (plain == detailed) return facts;
        // A caller's thread may be that of a screen.
        await Task.Run(() => picture.MeasureDetail(_options.MaxImagePixels), cancellationToken).ConfigureAwait(false);
        return facts with { Question = facts.Question with { EdgeDensity = picture.EdgeDensity, VisualTokens = VisualTokens(picture, question) } };
    }

    /// <summary>Asks the server whether it has the picture only where that decides, and where the answer can save more than the question costs.</summary>
    private async Task<(RoutingFacts Facts, RouteDecision Decision)> WithKnownImageAsync(AnswerQuestion question, RoutingFacts facts, RouterLink link, CancellationToken cancellationToken)
    {
        RouteDecision unknown = Decide(facts);
        if (facts.Question.ImageIsKnown is not null) return (facts, unknown);
        RoutingFacts spared = facts with { Question = facts.Question with { ImageIsKnown = true } };
        RouteDecision known = Decide(spared);
        TimeSpan roundTrip = facts.Network.RoundTrip ?? TimeSpan.FromSeconds(RoutingPriors.RoundTrip);
        if (known.Route == unknown.Route || unknown.Predicted?.Total - known.Predicted?.Total < roundTrip) return (facts, unknown);
        if (await AskAsync(question, roundTrip, link, cancellationToken).ConfigureAwait(false)) return (spared, known);
        return (facts with { Question = facts.Question with { ImageIsKnown = false } }, unknown);
    }

    private async Task<bool> AskAsync(AnswerQuestion question, TimeSpan roundTrip, RouterLink link, CancellationToken cancellationToken)
    {
        TimeSpan patience = roundTrip * PatienceRoundTrips;
        using var timeout = new CancellationTokenSource(patience > LeastPatience ? patience : LeastPatience, _options.TimeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        try
        {
            return await link.HasImageAsync(question.Image, either.Token).ConfigureAwait(false);
        }
        catch (Exception error) when (error is QwenVlException || (error is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return false;
        }
    }

    private RoutingFacts Gather(AnswerQuestion question, bool isSent)
    {
        GenerateOptions options = question.Options;
        PictureProfile picture = PictureProfile.Of(question.Image);
        PromptKind kind = PromptKinds.Of(question.Prompt);
        return new RoutingFacts
        {
            Candidates = [],
            Question = new QuestionFacts
            {
                ImageBytes = question.Image.Bytes.Length,
                ImageIsKnown = isSent ? true : null,
                ImageIsSent = isSent,
                ImagePixels = picture.Pixels,
                EdgeDensity = picture.EdgeDensity,
                VisualTokens = VisualTokens(picture, question),
                VisualTokens512 = picture.Tokens512,
                PromptTokens = PromptKinds.TokensOf(question.Prompt),
                PromptKind = kind,
                ExpectedTokens = _lengths.Expect(kind, options.MaxNewTokens),
                Resolution = options.Resolution,
                FeatureEncoding = options.FeatureEncoding,
                TakeOverAfter = options.TakeOverAfter,
                MaxCloudTokens = options.MaxCloudTokens,
                FirstTokenPatience = _options.FirstTokenPatience,
            },
            Network = Network.Facts(Hints),
            Server = Server.Facts(),
            Device = Device?.Facts,
            Hints = Hints,
            Corrections = _corrections.Now(),
        };
    }

    /// <summary>A picture's tokens; where nobody has looked, prompts that ask for something written are taken to need the larger picture.</summary>
    private static int? VisualTokens(PictureProfile picture, AnswerQuestion question)
    {
        bool isReading = ReadingPrompt.Matches(question.Prompt);
        return question.Options.Resolution switch
        {
            PictureResolution.Pixels512 => picture.Tokens512,
            PictureResolution.Pixels1024 => picture.Tokens1024,
            _ when picture.EdgeDensity is { } density => AutoResolution.Choose(density, isReading) == SmartResize.Pixels1024 ? picture.Tokens1024 : picture.Tokens512,
            _ => isReading ? picture.Tokens1024 : picture.Tokens512,
        };
    }

    private void Learn(RoutedQuestion routed, AnswerSummary summary)
    {
        QuestionFacts asked = routed.Facts.Question;
        StageTimings timings = summary.Timings;
        int tokens = summary.CloudTokens + summary.DeviceTokens;
        _lengths.Record(asked.PromptKind, tokens, summary.FinishReason);
        if (summary.WasPaused) return;
        if (summary.Server is { } server) Server.Take(server, asked.PromptTokens);
        Device?.Answered(new DeviceWork
        {
            Prepare = timings.DecodeImage,
            Pixels = asked.ImagePixels,
            Encode = timings.EncodeImage,
            VisualTokens = summary.VisualTokens,
            Prefill = timings.Prefill,
            PromptTokens = summary.VisualTokens + asked.PromptTokens,
            PerToken = timings.DevicePerToken,
        });
        // An answer that two connections or none were used for says nothing of its route, nor does one that the device took
        // because the server's queue was long.
        if (summary.ConnectionLost || (routed.Decision.Route == Route.Hybrid && summary.CloudTokens == 0)) return;
        // By the facts as they are now: what the monitors have learned is not corrected a second time.
        RoutingFacts facts = routed.Facts with
        {
            Question = asked with
            {
                ExpectedTokens = Math.Max(1, tokens),
                VisualTokens = summary.VisualTokens ?? asked.VisualTokens,
                ImageIsKnown = asked.ImageIsKnown == true || timings.Upload is null,
            },
            Network = Network.Facts(Hints),
            Device = Device?.Facts,
            Server = Server.Facts() with { Wait = summary.Server?.Queue, FeatureWait = summary.Server?.Queue },
            Corrections = new Dictionary<Route, double>(),
        };
        RouteDecision decision = routed.Decision;
        var plan = new RoutePlan(decision.Route, decision.Resolution, decision.FeatureEncoding, decision.TakeOverAfter);
        _corrections.Record(decision.Route, new RouteCosts(facts).Predict(plan).Total, timings.Total);
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Debug, "{Explanation}")]
        public static partial void Decided(ILogger logger, string explanation);
    }
}
