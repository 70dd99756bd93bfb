using QwenVl.Client.Answers;

namespace QwenVl.Client.Routing;

/// <summary>How long answers are, learned by the kind of prompt. Safe for concurrent use.</summary>
internal sealed class AnswerLengths(TimeProvider time)
{
    private static readonly TimeSpan Memory = TimeSpan.FromHours(1);

    private readonly Lock _gate = new();
    private readonly Dictionary<PromptKind, MovingMean> _means = [];

    /// <summary>Tokens to expect: 1 to the most allowed.</summary>
    public double Expect(PromptKind kind, int maxNewTokens)
    {
        lock (_gate)
        {
            double mean = _means.TryGetValue(kind, out MovingMean? learned) && learned.Value is { } value ? value : RoutingPriors.AnswerTokens(kind);
            return Math.Clamp(mean, 1, maxNewTokens);
        }
    }

    /// <summary>An answer had so many. One that was cut says only that it would have had more.</summary>
    public void Record(PromptKind kind, int tokens, FinishReason reason)
    {
        lock (_gate)
        {
            if (!_means.TryGetValue(kind, out MovingMean? mean)) _means[kind] = mean = new MovingMean(time, Memory);
            if (reason == FinishReason.Length && tokens <= (mean.Value ?? RoutingPriors.AnswerTokens(kind))) return;
            mean.Add(tokens);
        }
    }
}
