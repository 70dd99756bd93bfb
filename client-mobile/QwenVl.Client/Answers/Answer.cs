using QwenVl.Client.Routing;

namespace QwenVl.Client.Answers;

/// <summary>
/// An answer that is being written. Enumerate it once to get its tokens as they come; it is written to its end whether or
/// not somebody reads. Disposing it before its end gives the question up.
/// </summary>
public sealed class Answer : IAsyncEnumerable<AnswerToken>, IAsyncDisposable
{
    private readonly RunningAnswer _running;
    private int _readers;

    internal Answer(RunningAnswer running) => _running = running;

    /// <summary>Who answers and why; null for an answer from features that were there before.</summary>
    public RouteDecision? Decision => _running.Decision;

    /// <summary>Where it stands.</summary>
    public AnswerState State => _running.State();

    /// <summary>Waits for the end.</summary>
    /// <exception cref="QwenVlException">The answer failed; its tokens so far were given out.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled or disposed.</exception>
    public Task<AnswerSummary> GetSummaryAsync(CancellationToken cancellationToken = default) => _running.Summary.WaitAsync(cancellationToken);

    /// <summary>The tokens, from index 0. Once only. Leaving the loop early does not end the answer; disposing does.</summary>
    /// <exception cref="InvalidOperationException">The answer is being read already.</exception>
    /// <exception cref="QwenVlException">The answer failed after the tokens given out.</exception>
    public async IAsyncEnumerator<AnswerToken> GetAsyncEnumerator(CancellationToken cancellationToken = default)
    {
        if (Interlocked.Exchange(ref _readers, 1) != 0) throw new InvalidOperationException("An answer's tokens can be read once.");
        await foreach (AnswerToken token in _running.Tokens.ReadAllAsync(cancellationToken).ConfigureAwait(false)) yield return token;
        // The channel ends before the failure is known to be one: the task says which.
        await _running.Summary.ConfigureAwait(false);
    }

    /// <summary>
    /// Stops the answer between two tokens, for an app that goes to the background: afterwards nothing of it is computed on the
    /// device, and its question has left the server. What the device has taken in is kept for <see cref="Resume"/>; disposing
    /// frees it. Does nothing to an answer that has ended.
    /// </summary>
    /// <returns>Completes when all has come to rest.</returns>
    public Task PauseAsync() => _running.Gate.PauseAsync(PauseReasons.Answer);

    /// <summary>Lets a paused answer go on at its next token, on the device where that has the features, else on the server.</summary>
    public void Resume() => _running.Gate.Resume(PauseReasons.Answer);

    /// <summary>Gives the question up where it has not ended, and waits until its memory is free.</summary>
    public async ValueTask DisposeAsync()
    {
        try
        {
            await _running.Stop.CancelAsync().ConfigureAwait(false);
        }
        catch (ObjectDisposedException)
        {
            // It has ended.
        }

        await ((Task)_running.Summary).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }
}
