using System.Threading.Channels;
using QwenVl.Client.Routing;

namespace QwenVl.Client.Answers;

/// <summary>
/// An answer that is being written. Enumerate it once to get its tokens as they come; it is written to its end whether or
/// not somebody reads. Disposing it before its end gives the question up.
/// </summary>
public sealed class Answer : IAsyncEnumerable<AnswerToken>, IAsyncDisposable
{
    private readonly ChannelReader<AnswerToken> _tokens;
    private readonly Task<AnswerSummary> _summary;
    private readonly CancellationTokenSource _stop;
    private int _readers;

    internal Answer(ChannelReader<AnswerToken> tokens, Task<AnswerSummary> summary, CancellationTokenSource stop, RouteDecision? decision) =>
        (_tokens, _summary, _stop, Decision) = (tokens, summary, stop, decision);

    /// <summary>Who answers and why; null for an answer from features that were there before.</summary>
    public RouteDecision? Decision { get; }

    /// <summary>Waits for the end.</summary>
    /// <exception cref="QwenVlException">The answer failed; its tokens so far were given out.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled or disposed.</exception>
    public Task<AnswerSummary> GetSummaryAsync(CancellationToken cancellationToken = default) => _summary.WaitAsync(cancellationToken);

    /// <summary>The tokens, from index 0. Once only. Leaving the loop early does not end the answer; disposing does.</summary>
    /// <exception cref="InvalidOperationException">The answer is being read already.</exception>
    /// <exception cref="QwenVlException">The answer failed after the tokens given out.</exception>
    public async IAsyncEnumerator<AnswerToken> GetAsyncEnumerator(CancellationToken cancellationToken = default)
    {
        if (Interlocked.Exchange(ref _readers, 1) != 0) throw new InvalidOperationException("An answer's tokens can be read once.");
        await foreach (AnswerToken token in _tokens.ReadAllAsync(cancellationToken).ConfigureAwait(false)) yield return token;
        // The channel ends before the failure is known to be one: the task says which.
        await _summary.ConfigureAwait(false);
    }

    /// <summary>Gives the question up where it has not ended, and waits until its memory is free.</summary>
    public async ValueTask DisposeAsync()
    {
        try
        {
            await _stop.CancelAsync().ConfigureAwait(false);
        }
        catch (ObjectDisposedException)
        {
            // It has ended.
        }

        await ((Task)_summary).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }
}
