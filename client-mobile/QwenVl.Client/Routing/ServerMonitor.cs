using QwenVl.Client.Answers;

namespace QwenVl.Client.Routing;

/// <summary>What the server said of its load, and how fast it was for this client's own questions. Safe for concurrent use.</summary>
internal sealed class ServerMonitor(TimeProvider time)
{
    // A queue is another one soon: after this time a hint of it counts for about a third.
    private static readonly TimeSpan HintFades = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan Memory = TimeSpan.FromMinutes(2);

    // What a refused client waits at least, as far as is known.
    private static readonly TimeSpan RefusedWait = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly MovingMean _preprocess = new(time, Memory);
    private readonly MovingMean _encode = new(time, Memory);
    private readonly MovingMean _features = new(time, Memory);
    private readonly MovingMean _prefill = new(time, Memory);
    private readonly MovingMean _token = new(time, Memory);
    private ServerLoadHint? _hint;
    private long _hintAt;

    /// <summary>The server spoke of its load.</summary>
    public void Take(ServerLoadHint? hint)
    {
        if (hint is null) return;
        lock (_gate)
        {
            (_hint, _hintAt) = (hint, time.GetTimestamp());
            if (hint.SecondsPerToken is { } seconds && _token.Value is null) _token.Add(seconds);
        }
    }

    /// <summary>The server refused a question for want of room.</summary>
    public void Refused() => Take(new ServerLoadHint { Wait = RefusedWait, FeatureWait = RefusedWait });

    /// <summary>The server said where the time of a question went. Zero stands for what did not happen, such as encoding what was cached.</summary>
    /// <param name="timings">Its words.</param>
    /// <param name="textTokens">Tokens of the prompt besides those of the picture.</param>
    public void Take(ServerStageTimings timings, int textTokens)
    {
        Take(timings.Load);
        if (timings.VisualTokens <= 0) return;
        lock (_gate)
        {
            _preprocess.Add(timings.Preprocess.TotalSeconds);
            _encode.Add(timings.Encode.TotalSeconds / timings.VisualTokens);
            _features.Add(timings.ClientEncode.TotalSeconds / timings.VisualTokens);
            _prefill.Add(timings.Prefill.TotalSeconds / (timings.VisualTokens + textTokens));
            if (timings.GeneratedTokens > 1) _token.Add(timings.Decode.TotalSeconds / timings.GeneratedTokens);
        }
    }

    /// <summary>What is known.</summary>
    public ServerFacts Facts()
    {
        lock (_gate)
        {
            double kept = Math.Exp(-(time.GetElapsedTime(_hintAt) / HintFades));
            return new ServerFacts
            {
                Wait = _hint?.Wait * kept,
                FeatureWait = _hint?.FeatureWait * kept,
                Preprocess = _preprocess.Value is { } seconds ? TimeSpan.FromSeconds(seconds) : null,
                EncodeSecondsPerToken = _encode.Value,
                FeatureSecondsPerToken = _features.Value,
                PrefillSecondsPerToken = _prefill.Value,
                SecondsPerToken = _token.Value,
            };
        }
    }
}
