using QwenVl.Client.Answers;
using QwenVl.Model.Features;

namespace QwenVl.Client.Routing;

/// <summary>
/// The cost model: what each stage of a route must take, stages that run side by side counted once. Times are seconds since the
/// question. It counts what has to happen and nothing else, so it errs to the short side; <see cref="RoutingFacts.Corrections"/>
/// heal the rest. Every result is finite and not negative, whatever the facts say.
/// </summary>
internal sealed class RouteCosts
{
    // No facts make a prediction overflow.
    private const long MostBytes = 1L << 50;
    private const double LeastNumber = 1e-12;
    private const double MostNumber = 1e12;
    private static readonly TimeSpan Longest = TimeSpan.FromDays(1);

    private readonly RoutingFacts _facts;
    private readonly double _roundTrip;
    private readonly double _down;
    private readonly double _arrival;
    private readonly double _serverToken;
    private readonly double _deviceToken;
    private readonly double _answer;
    private readonly long _upload;

    public RouteCosts(RoutingFacts facts)
    {
        _facts = facts;
        (QuestionFacts question, NetworkFacts network) = (facts.Question, facts.Network);
        _roundTrip = Known(network.RoundTrip?.TotalSeconds, RoutingPriors.RoundTrip);
        double up = Known(network.UpBytesPerSecond, RoutingPriors.Up);
        // A network that is known to be slow upwards is seldom fast the other way.
        _down = Known(network.DownBytesPerSecond, Known(network.UpBytesPerSecond, RoutingPriors.Down));
        _upload = question.ImageIsKnown == true ? 0 : Math.Clamp(question.ImageBytes, 0, MostBytes);
        double announcement = question.ImageIsSent ? 0 : _roundTrip;
        _arrival = announcement + _upload / up + _roundTrip / 2;
        _serverToken = Known(facts.Server.SecondsPerToken, RoutingPriors.ServerToken);
        _deviceToken = 1 / Known(facts.Device?.DecodeTokensPerSecond, RoutingPriors.DecodeTokens);
        _answer = Math.Max(1, Known(question.ExpectedTokens, 1));
    }

    /// <summary>Bytes of a picture's features.</summary>
    public long FeatureBytes(PictureResolution resolution, FeatureEncoding encoding) => _facts.Device is { } device
        ? (long)Math.Min(MostBytes, (double)Math.Max(1, VisualTokens(resolution)) * (1.0 + Math.Max(0, device.TapCount)) * new FeatureLayout(encoding, tokens: 1, Math.Max(1, device.FeatureWidth), taps: 0).TokenBytes)
        : 0;

    /// <summary>Seconds that bytes take on their way down.</summary>
    public double DownSeconds(long bytes) => bytes / _down;

    /// <summary>What a plan would take.</summary>
    public RoutePrediction Predict(RoutePlan plan)
    {
        RoutePrediction ideal = plan.Route switch
        {
            Route.DeviceOnly => OnDevice(plan),
            Route.CloudFeatures => FromFeatures(plan),
            Route.Hybrid => HandedOver(plan),
            _ => InCloud(plan),
        };
        double factor = _facts.Corrections.TryGetValue(plan.Route, out double correction) ? Known(correction, 1) : 1;
        return ideal with
        {
            FirstToken = Span(ideal.FirstToken.TotalSeconds * factor),
            FirstDeviceToken = ideal.FirstDeviceToken is { } seam ? Span(seam.TotalSeconds * factor) : null,
            Total = Span(ideal.Total.TotalSeconds * factor),
        };
    }

    private static double Known(double? value, double otherwise) => value is >= LeastNumber and <= MostNumber ? value.Value : otherwise;

    private static double Wait(TimeSpan? wait) => Math.Max(0, wait?.TotalSeconds ?? 0);

    private static TimeSpan Span(double seconds) => seconds switch
    {
        > 0 when seconds < Longest.TotalSeconds => TimeSpan.FromSeconds(seconds),
        > 0 => Longest,
        _ => TimeSpan.Zero,
    };

    private int VisualTokens(PictureResolution resolution)
    {
        QuestionFacts question = _facts.Question;
        int? tokens = resolution == PictureResolution.Pixels512 ? question.VisualTokens512 : question.VisualTokens ?? question.VisualTokens512;
        return tokens is > 0 ? tokens.Value : RoutingPriors.VisualTokens;
    }

    private int Prompt(RoutePlan plan) => VisualTokens(plan.Resolution) + Math.Max(0, _facts.Question.PromptTokens);

    private double DevicePrefill(double tokens) => tokens / Known(_facts.Device?.PrefillTokensPerSecond, RoutingPriors.PrefillTokens);

    /// <summary>The server's first token, here.</summary>
    private double CloudFirst(RoutePlan plan)
    {
        ServerFacts server = _facts.Server;
        return _arrival + Wait(server.Wait)
            + Known(server.Preprocess?.TotalSeconds, RoutingPriors.Preprocess)
            + VisualTokens(plan.Resolution) * Known(server.EncodeSecondsPerToken, RoutingPriors.Encode)
            + Prompt(plan) * Known(server.PrefillSecondsPerToken, RoutingPriors.Prefill)
            + _roundTrip / 2;
    }

    /// <summary>The device has all features.</summary>
    private double FeaturesHere(RoutePlan plan)
    {
        ServerFacts server = _facts.Server;
        return _arrival + Wait(server.FeatureWait ?? server.Wait)
            + Known(server.Preprocess?.TotalSeconds, RoutingPriors.Preprocess)
            + VisualTokens(plan.Resolution) * Known(server.FeatureSecondsPerToken, RoutingPriors.Encode)
            + DownSeconds(FeatureBytes(plan.Resolution, plan.Encoding))
            + _roundTrip / 2;
    }

    private RoutePrediction OnDevice(RoutePlan plan)
    {
        int visual = VisualTokens(plan.Resolution);
        double pixels = Math.Max(0, _facts.Question.ImagePixels ?? 0) / 1e6;
        double first = pixels * Known(_facts.Device?.PrepareSecondsPerMegapixel, RoutingPriors.Prepare)
            + (_facts.Device?.VisionSeconds(visual) is { } vision ? Known(vision, visual * RoutingPriors.Vision) : visual * RoutingPriors.Vision)
            + DevicePrefill(Prompt(plan));
        double total = first + (_answer - 1) * _deviceToken;
        return Result(plan, first, total, cloudTokens: 0, bytes: 0, deviceWork: total);
    }

    private RoutePrediction InCloud(RoutePlan plan)
    {
        double first = CloudFirst(plan);
        return Result(plan, first, first + (_answer - 1) * _serverToken, _answer, _upload, deviceWork: 0);
    }

    private RoutePrediction FromFeatures(RoutePlan plan)
    {
        double prefill = DevicePrefill(Prompt(plan)), first = FeaturesHere(plan) + prefill, rest = (_answer - 1) * _deviceToken;
        return Result(plan, first, first + rest, cloudTokens: 0, _upload + FeatureBytes(plan.Resolution, plan.Encoding), prefill + rest);
    }

    private RoutePrediction HandedOver(RoutePlan plan)
    {
        double first = CloudFirst(plan), prefill = DevicePrefill(Prompt(plan)), ready = FeaturesHere(plan) + prefill;
        long bytes = _upload + FeatureBytes(plan.Resolution, plan.Encoding);
        if (_facts.Question.FirstTokenPatience is var patience && patience >= TimeSpan.Zero && first > ready + patience.TotalSeconds)
        {
            double alone = ready + patience.TotalSeconds, own = (_answer - 1) * _deviceToken;
            return Result(plan, alone, alone + own, cloudTokens: 0, bytes, prefill + own) with { FirstDeviceToken = Span(alone) };
        }

        // Until the device is ready the server goes on; its request to take over travels meanwhile.
        double written = Math.Max(0, Math.Ceiling((ready - first) / _serverToken) + 1);
        double seam = Math.Max(1, Math.Min(Math.Max(plan.TakeOverAfter, written), _facts.Question.MaxCloudTokens ?? double.PositiveInfinity));
        if (seam >= _answer) return Result(plan, first, first + (_answer - 1) * _serverToken, _answer, bytes, prefill);
        double begins = Math.Max(first + (seam - 1) * _serverToken, ready + DevicePrefill(Math.Min(seam, written))), rest = (_answer - seam) * _deviceToken;
        return Result(plan, first, begins + rest, seam, bytes, prefill + rest) with { FirstDeviceToken = Span(begins) };
    }

    private static RoutePrediction Result(RoutePlan plan, double first, double total, double cloudTokens, long bytes, double deviceWork) =>
        new(plan.Route, plan.Resolution, plan.Encoding)
        {
            FirstToken = Span(first),
            Total = Span(total),
            TakeOverAfter = plan.TakeOverAfter,
            CloudTokens = (int)Math.Min(cloudTokens, int.MaxValue),
            Bytes = bytes,
            DeviceWork = Span(deviceWork),
        };
}
