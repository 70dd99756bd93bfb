using System.Threading.Channels;
using QwenVl.Client.Routing;

namespace QwenVl.Client.Answers;

/// <summary>The answers under way, so that a client can pause them together, and end them before what they use is freed.</summary>
internal sealed class RunningAnswers : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private readonly HashSet<RunningAnswer> _answers = [];
    private readonly CancellationTokenSource _closing = new();
    private TaskCompletionSource? _suspended;
    private bool _closed;

    /// <summary>Answers that have not ended.</summary>
    public int Count
    {
        get
        {
            lock (_gate) return _answers.Count;
        }
    }

    /// <summary>Whether all are paused, and those that start.</summary>
    public bool IsSuspended
    {
        get
        {
            lock (_gate) return _suspended is not null;
        }
    }

    /// <summary>Waits until that is over.</summary>
    public Task ResumedAsync(CancellationToken cancellationToken)
    {
        lock (_gate) return _suspended?.Task.WaitAsync(cancellationToken) ?? Task.CompletedTask;
    }

    /// <summary>Starts an answer; paused where all are.</summary>
    /// <param name="tokens">Its tokens.</param>
    /// <param name="state">Where it stands.</param>
    /// <param name="run">Writes it.</param>
    /// <param name="decision">Who answers and why, where that was decided.</param>
    /// <param name="cancellationToken">Gives it up.</param>
    public Answer Start(ChannelReader<AnswerToken> tokens, Func<AnswerState> state, Func<PauseGate, CancellationToken, Task<AnswerSummary>> run, RouteDecision? decision, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_closed, typeof(QwenVlClient));
            var gate = new PauseGate(_suspended is null ? PauseReasons.None : PauseReasons.Client);
            var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _closing.Token);
            var answer = new RunningAnswer(tokens, state, gate, decision, RunAsync(run, gate, stop), stop);
            if (!answer.Summary.IsCompleted)
            {
                _answers.Add(answer);
                _ = ForgetAsync(answer);
            }

            return new Answer(answer);
        }
    }

    /// <summary>Pauses all, and those that start from now on.</summary>
    public async Task SuspendAsync()
    {
        Task[] pauses;
        lock (_gate)
        {
            _suspended ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            pauses = [.. _answers.Select(answer => answer.Gate.PauseAsync(PauseReasons.Client))];
        }

        await Task.WhenAll(pauses).ConfigureAwait(false);
    }

    /// <summary>Lets all go on that are not paused by themselves.</summary>
    public void Resume()
    {
        lock (_gate)
        {
            _suspended?.TrySetResult();
            _suspended = null;
            foreach (RunningAnswer answer in _answers) answer.Gate.Resume(PauseReasons.Client);
        }
    }

    /// <summary>Gives all of them up and waits until they have ended.</summary>
    public async ValueTask DisposeAsync()
    {
        Task[] tasks;
        lock (_gate)
        {
            if (_closed) return;
            _closed = true;
            // Who waits finds the client disposed of.
            _suspended?.TrySetResult();
            tasks = [.. _answers.Select(answer => answer.Summary)];
        }

        await _closing.CancelAsync().ConfigureAwait(false);
        await Task.WhenAll(tasks).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _closing.Dispose();
    }

    private static async Task<AnswerSummary> RunAsync(Func<PauseGate, CancellationToken, Task<AnswerSummary>> run, PauseGate gate, CancellationTokenSource stop)
    {
        try
        {
            return await run(gate, stop.Token).ConfigureAwait(false);
        }
        finally
        {
            gate.End();
            stop.Dispose();
        }
    }

    private async Task ForgetAsync(RunningAnswer answer)
    {
        // Also takes note of a failure that nobody asks about.
        await ((Task)answer.Summary).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        lock (_gate) _answers.Remove(answer);
    }
}
