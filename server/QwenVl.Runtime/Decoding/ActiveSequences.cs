using QwenVl.Model.Execution;
using QwenVl.Runtime.Decoding.Planning;
using QwenVl.Runtime.Errors;
using QwenVl.Runtime.Queueing;
using QwenVl.Runtime.Telemetry;

namespace QwenVl.Runtime.Decoding;

/// <summary>The sequences in the decoder, in the order they entered. Used by the decode thread alone; only the count is everyone's.</summary>
internal sealed class ActiveSequences(ITextDecoder decoder, AdmissionPlanner<DecodeJob> admission, WaitingRoom<DecodeJob> room, RuntimeMetrics metrics)
{
    private readonly List<ActiveSequence> _all = [];
    private TimeSpan _busySince;
    private int _count;

    /// <summary>All of them.</summary>
    public IReadOnlyList<ActiveSequence> All => _all;

    /// <summary>How many there are; safe to read from any thread.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>How fast answers are written, token by token of each.</summary>
    public ServiceRate TokenRate { get; } = new();

    /// <summary>The time.</summary>
    public TimeSpan Now => room.Now;

    /// <summary>Makes a sequence of what was let in, or fails it.</summary>
    /// <param name="job">What was let in.</param>
    /// <param name="turn">The latest turn.</param>
    public void Enter(DecodeJob job, long turn)
    {
        TimeSpan now = room.Now;
        try
        {
            _all.Add(new ActiveSequence(job, decoder, now) { LastTurn = turn });
        }
        catch (Exception error)
        {
            room.Change(() => admission.Release(job));
            job.Fail(error);
            return;
        }

        if (_all.Count == 1) _busySince = now;
        Volatile.Write(ref _count, _all.Count);
        metrics.SequencesChanged(1);
        metrics.CacheReserved(job.Cost);
        metrics.Waited(DecodeWorker.Stage, job.Priority, (now - job.Arrived).TotalSeconds);
    }

    /// <summary>Ends those that want no further step.</summary>
    public void LeaveWhereDone()
    {
        TimeSpan now = room.Now;
        foreach (ActiveSequence sequence in _all.ToArray())
        {
            if (sequence.Job.IsExpired(now)) Leave(sequence, RequestException.Expired());
            else if (sequence.Job.Cancellation.IsCancellationRequested) Leave(sequence, new OperationCanceledException(sequence.Job.Cancellation));
            else if (sequence.End is { } end) Leave(sequence, end);
        }
    }

    /// <summary>Ends a sequence with its answer.</summary>
    public void Leave(ActiveSequence sequence, GenerationEnd end)
    {
        GenerationResult result = sequence.ResultOf(end, room.Now);
        int written = sequence.Count - sequence.Generation.Request.AnswerPrefix.Count;
        if (written > 0) TokenRate.Record(written, TimeSpan.FromSeconds(result.DecodeSeconds));
        Remove(sequence);
        sequence.Generation.Complete(result);
    }

    /// <summary>Ends a sequence without one.</summary>
    public void Leave(ActiveSequence sequence, Exception error)
    {
        Remove(sequence);
        sequence.Generation.Fail(error);
    }

    /// <summary>Ends all of them.</summary>
    public void LeaveAll(Exception error)
    {
        foreach (ActiveSequence sequence in _all.ToArray()) Leave(sequence, error);
    }

    // All of it before the generation's end is known, so that whoever sees it sees its place free.
    private void Remove(ActiveSequence sequence)
    {
        _all.Remove(sequence);
        metrics.CacheUsed(-sequence.Length);
        metrics.CacheReserved(-sequence.Job.Cost);
        sequence.Dispose();
        room.Change(() => admission.Release(sequence.Job));
        TimeSpan now = room.Now;
        room.Rate.Record(1, now - _busySince);
        _busySince = now;
        Volatile.Write(ref _count, _all.Count);
        metrics.SequencesChanged(-1);
    }
}
