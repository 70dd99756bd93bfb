using System.Diagnostics;
using QwenVl.Protos.V1;
using QwenVl.Runtime.Decoding;
using QwenVl.Runtime.Encoding;
using QwenVl.Runtime.Hosting;
using QwenVl.Runtime.Tenancy;
using QwenVl.Server.Streaming;

namespace QwenVl.Server.Telemetry;

/// <summary>
/// One question as an activity, its stages as activities within. A stage is written down when it is over, from the seconds that
/// it is known to have taken; all times are of one clock and none is before the question's start. Its two halves, features and
/// tokens, may write at the same time.
/// </summary>
internal sealed class QuestionTrace
{
    public const string SourceName = "QwenVl.Server";

    /// <summary>The stages' names, in the pipeline's order.</summary>
    public const string Preprocess = "preprocess";
    public const string Encode = "encode";
    public const string EncodeForClient = "encode for client";
    public const string SendFeatures = "send features";
    public const string Prefill = "prefill";
    public const string Decode = "decode";

    private static readonly ActivitySource Source = new(SourceName);

    private readonly Activity _question;
    private readonly TimeProvider _time;
    private readonly DateTimeOffset _start;
    private readonly long _timestamp;
    private readonly Lock _lock = new();
    private readonly Dictionary<ImageEncoding, double> _prepared = [];

    private QuestionTrace(Activity question, TimeProvider time, DateTimeOffset start, long timestamp) =>
        (_question, _time, _start, _timestamp) = (question, time, start, timestamp);

    /// <summary>Seconds since the question arrived.</summary>
    public double Elapsed => _time.GetElapsedTime(_timestamp).TotalSeconds;

    /// <summary>Begins a question within the current activity, the gRPC call's.</summary>
    /// <returns>Null where nobody listens or the question is not sampled.</returns>
    public static QuestionTrace? Begin(Ask ask, Tenant tenant, TimeProvider time)
    {
        if (!Source.HasListeners()) return null;
        DateTimeOffset start = time.GetUtcNow();
        long timestamp = time.GetTimestamp();
        Activity? question = Source.StartActivity("question", ActivityKind.Internal, parentContext: default, startTime: start);
        if (question is null) return null;
        question.SetTag("qwenvl.tenant", tenant.Name);
        question.SetTag("qwenvl.pictures", AskMapping.ImageIds(ask).Count);
        return new QuestionTrace(question, time, start, timestamp);
    }

    /// <summary>Pictures that were prepared by now, in order to be measured; others are when a tower needs them.</summary>
    public void Prepared(IEnumerable<ImageEncoding> images)
    {
        double now = Elapsed;
        foreach (ImageEncoding image in images.Where(image => image.PreprocessSeconds > 0)) PreparedBy(image, now);
    }

    /// <summary>A tower has just answered.</summary>
    /// <param name="stage"><see cref="Encode"/> or <see cref="EncodeForClient"/>.</param>
    /// <param name="image">What it encoded.</param>
    /// <param name="tower">Which one.</param>
    /// <param name="result">Its answer.</param>
    public void Encoded(string stage, ImageEncoding image, HostedTower tower, EncodeResult result)
    {
        double now = Elapsed;
        double began = now - result.RunSeconds;
        if (!result.WasCached) PreparedBy(image, began - result.QueueSeconds);
        Add(
            stage,
            began,
            now,
            ("qwenvl.tower", tower.Fingerprint.Model),
            ("qwenvl.queue_seconds", result.QueueSeconds),
            ("qwenvl.cached", result.WasCached));
    }

    /// <summary>A picture's features have just been handed to the stream.</summary>
    /// <param name="began">Seconds at which the first was.</param>
    /// <param name="bytes">Their size.</param>
    public void SentFeatures(double began, long bytes) => Add(SendFeatures, began, Elapsed, ("qwenvl.bytes", bytes));

    /// <summary>The decoder has finished.</summary>
    /// <param name="queued">Seconds at which it was asked to.</param>
    /// <param name="result">How it went.</param>
    /// <param name="tokens">Tokens that it wrote.</param>
    public void Generated(double queued, GenerationResult result, int tokens)
    {
        double began = queued + result.QueueSeconds;
        double firstLogits = began + result.PrefillSeconds;
        Add(Prefill, began, firstLogits, ("qwenvl.queue_seconds", result.QueueSeconds));
        Add(Decode, firstLogits, firstLogits + result.DecodeSeconds, ("qwenvl.tokens", tokens));
    }

    /// <summary>Ends the question.</summary>
    /// <param name="outcome">How it ended, as in the metrics.</param>
    /// <param name="error">Why it was refused or failed; null where it was not.</param>
    /// <param name="visualTokens">Tokens that its pictures take.</param>
    /// <param name="inputTokens">Tokens of the prompt, visual ones included.</param>
    /// <param name="outputTokens">Tokens sent.</param>
    public void End(string outcome, string? error, int visualTokens = 0, int inputTokens = 0, int outputTokens = 0)
    {
        foreach ((ImageEncoding image, double prepared) in _prepared)
            if (image.PreprocessSeconds is > 0 and double seconds) Add(Preprocess, prepared - seconds, prepared, ("qwenvl.visual_tokens", image.Grid.Tokens));
        _question.SetTag("qwenvl.outcome", outcome);
        _question.SetTag("qwenvl.visual_tokens", visualTokens);
        _question.SetTag("gen_ai.usage.input_tokens", inputTokens);
        _question.SetTag("gen_ai.usage.output_tokens", outputTokens);
        if (error is not null)
        {
            _question.SetTag("error.type", error);
            _question.SetStatus(ActivityStatusCode.Error, error);
        }

        _question.SetEndTime(At(Elapsed));
        _question.Stop();
    }

    /// <summary>Several towers read what was prepared once: it was when the first of them queued it.</summary>
    private void PreparedBy(ImageEncoding image, double seconds)
    {
        lock (_lock) _prepared[image] = Math.Min(seconds, _prepared.GetValueOrDefault(image, seconds));
    }

    private void Add(string stage, double began, double ended, params ReadOnlySpan<(string Name, object Value)> tags)
    {
        double now = Elapsed;
        using Activity? activity = Source.StartActivity(stage, ActivityKind.Internal, _question.Context, startTime: At(Math.Min(began, now)));
        if (activity is null) return;
        foreach ((string name, object value) in tags) activity.SetTag(name, value);
        activity.SetEndTime(At(Math.Min(ended, now)));
    }

    /// <summary>What was shared with an earlier question may have begun before this one.</summary>
    private DateTime At(double seconds) => _start.AddSeconds(Math.Max(seconds, 0)).UtcDateTime;
}
