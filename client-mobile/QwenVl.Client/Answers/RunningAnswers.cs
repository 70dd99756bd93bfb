using System.Threading.Channels;
using QwenVl.Client.Routing;

namespace QwenVl.Client.Answers;

/// <summary>The answers under way, so that a client can end them before what they use is freed.</summary>
internal sealed class RunningAnswers : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private readonly HashSet<Task> _tasks = [];
    private readonly CancellationTokenSource _closing = new();
    private bool _closed;

    /// <summary>Starts an answer.</summary>
    /// <param name="tokens">Its tokens.</param>
    /// <param name="run">Writes it.</param>
    /// <param name="decision">Who answers and why, where that was decided.</param>
    /// <param name="cancellationToken">Gives it up.</param>
    public Answer Start(ChannelReader<AnswerToken> tokens, Func<CancellationToken, Task<AnswerSummary>> run, RouteDecision? decision, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_closed, typeof(QwenVlClient));
            var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _closing.Token);
            Task<AnswerSummary> task = RunAsync(run, stop);
            if (!task.IsCompleted)
            {
                _tasks.Add(task);
                _ = ForgetAsync(task);
            }

            return new Answer(tokens, task, stop, decision);
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
            tasks = [.. _tasks];
        }

        await _closing.CancelAsync().ConfigureAwait(false);
        await Task.WhenAll(tasks).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _closing.Dispose();
    }

    private static async Task<AnswerSummary> RunAsync(Func<CancellationToken, Task<AnswerSummary>> run, CancellationTokenSource stop)
    {
        using (stop) return await run(stop.Token).ConfigureAwait(false);
    }

    private async Task ForgetAsync(Task task)
    {
        // Also takes note of a failure that nobody asks about.
        await task.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        lock (_gate) _tasks.Remove(task);
    }
}
