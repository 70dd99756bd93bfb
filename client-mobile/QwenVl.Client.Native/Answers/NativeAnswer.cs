using System.Collections.Concurrent;
using QwenVl.Client.Answers;
using QwenVl.Client.Native.Abi;
using QwenVl.Client.Native.Calls;

namespace QwenVl.Client.Native.Answers;

/// <summary>What an answer's handle stands for: reads the answer's tokens and hands them to its callbacks on a thread of its own.</summary>
internal sealed class NativeAnswer(AnswerCallbacks callbacks) : IDisposable
{
    private const string ThreadName = "qwenvl answer";
    private const string CancelledMessage = "The answer was cancelled.";

    private readonly TaskCompletionSource _finished = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _stop = new();
    private readonly BlockingCollection<AnswerToken> _tokens = [];
    private AnswerSummary? _summary;
    private Exception? _error;

    /// <summary>Ends when the last callback has returned.</summary>
    public Task Finished => _finished.Task;

    /// <summary>Asks, and calls back from now on.</summary>
    /// <param name="ask">Asks the question; is called on another thread, since it may read the whole picture.</param>
    /// <param name="ended">Called after the last callback.</param>
    public void Start(Func<CancellationToken, Task<Answer>> ask, Action ended)
    {
        // An own thread, so that a callback that takes its time holds up no other answer, and a foreign runtime attaches once.
        var thread = new Thread(() => Deliver(ended)) { IsBackground = true, Name = ThreadName };
        thread.Start();
        _ = ReadAsync(ask);
    }

    /// <summary>Gives the question up; after its end it does nothing.</summary>
    public void Cancel()
    {
        try
        {
            // What follows from it runs elsewhere: the caller may be a callback.
            _ = _stop.CancelAsync();
        }
        catch (ObjectDisposedException)
        {
            // It has ended.
        }
    }

    /// <summary>Frees what the answer waits with. The answer does so itself after its last callback; whoever could not start it does.</summary>
    public void Dispose()
    {
        _tokens.Dispose();
        _stop.Dispose();
    }

    private async Task ReadAsync(Func<CancellationToken, Task<Answer>> ask)
    {
        try
        {
            CancellationToken stop = _stop.Token;
            Answer answer = await Task.Run(() => ask(stop)).ConfigureAwait(false);
            await using (((IAsyncDisposable)answer).ConfigureAwait(false))
            {
                await foreach (AnswerToken token in answer.WithCancellation(CancellationToken.None).ConfigureAwait(false)) _tokens.Add(token, CancellationToken.None);
                _summary = await answer.GetSummaryAsync(CancellationToken.None).ConfigureAwait(false);
            }
        }
#pragma warning disable CA1031 // whatever it was, the last callback tells of it
        catch (Exception error)
#pragma warning restore CA1031
        {
            _error = error;
        }
        finally
        {
            _tokens.CompleteAdding();
        }
    }

    private void Deliver(Action ended)
    {
        CallbackScope.Enter();
        bool skipped = false;
        foreach (AnswerToken token in _tokens.GetConsumingEnumerable())
        {
            if (_stop.IsCancellationRequested) skipped = true;
            else callbacks.Token(token);
        }

        if (_summary is { } summary && !skipped) callbacks.Finish(summary);
        else if (_error is null or OperationCanceledException) callbacks.Fail(NativeStatus.Cancelled, CancelledMessage);
        else callbacks.Fail(StatusOf.Exception(_error), _error.Message);
        ended();
        Dispose();
        _finished.TrySetResult();
    }
}
