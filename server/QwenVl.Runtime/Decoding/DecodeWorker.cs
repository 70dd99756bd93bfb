using QwenVl.Model.Execution;
using QwenVl.Runtime.Errors;
using QwenVl.Runtime.Queueing;
using QwenVl.Runtime.Telemetry;

namespace QwenVl.Runtime.Decoding;

/// <summary>
/// One thread that owns the decoder. Each step advances every active sequence, by a prompt chunk or by one token;
/// sequences join and leave between steps.
/// </summary>
public sealed class DecodeWorker : IDisposable
{
    private readonly ITextDecoder _decoder;
    private readonly int _batchSize;
    private readonly int _chunk;
    private readonly RuntimeMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly WaitingLine<(Generation Generation, long Enqueued)> _queue;
    private readonly List<Entry> _active = [];
    private readonly Thread _thread;
    private volatile bool _ending;
    private int _activeSequences;

    /// <param name="decoder">The decoder; owned from here on.</param>
    /// <param name="batchSize">Sequences a step.</param>
    /// <param name="queueLength">Generations that may wait.</param>
    /// <param name="prefillChunk">Prompt tokens a step of one sequence.</param>
    /// <param name="metrics">Where steps are counted.</param>
    /// <param name="time">The clock.</param>
    public DecodeWorker(ITextDecoder decoder, int batchSize, int queueLength, int prefillChunk, RuntimeMetrics metrics, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(decoder);
        (_decoder, _batchSize, _chunk, _metrics, _time) = (decoder, Math.Min(batchSize, decoder.MaxBatchSize), prefillChunk, metrics, time);
        _queue = new WaitingLine<(Generation Generation, long Enqueued)>(queueLength, waiting => GiveUp(waiting.Generation));
        _thread = new Thread(Run) { Name = "decode", IsBackground = true };
        _thread.Start();
    }

    /// <summary>The most tokens of a prompt and its answer.</summary>
    public int MaxSequenceLength => _decoder.MaxSequenceLength;

    /// <summary>Sequences in the decoder.</summary>
    public int ActiveSequences => Volatile.Read(ref _activeSequences);

    /// <summary>Whether nothing is taken any more.</summary>
    public bool IsEnding => _ending;

    /// <summary>Generations that wait for a place in the decoder.</summary>
    public int Waiting => _queue.Count;

    /// <summary>Starts a generation.</summary>
    /// <param name="request">What to generate; its capacity is at most <see cref="MaxSequenceLength"/>.</param>
    /// <param name="cancellation">Ends it within a step.</param>
    /// <exception cref="RequestException">Too many wait, or the server is ending.</exception>
    public Generation Start(GenerationRequest request, CancellationToken cancellation)
    {
        var generation = new Generation(request, cancellation);
        _metrics.QueueChanged("decode", 1);
        try
        {
            if (_queue.TryAdd((generation, _time.GetTimestamp()), cancellation)) return generation;
            throw RequestException.Exhausted(RequestReason.QueueFull, $"{_queue.Capacity} questions wait for the decoder already. Try again later.");
        }
        catch (RequestException)
        {
            _metrics.QueueChanged("decode", -1);
            throw;
        }
    }

    /// <summary>Ends the thread after the step under way; what is not finished fails.</summary>
    public void Dispose()
    {
        _ending = true;
        _queue.Close();
        _thread.Join();
        _decoder.Dispose();
    }

    /// <summary>Ends a generation that was cancelled while it waited.</summary>
    private void GiveUp(Generation generation)
    {
        _metrics.QueueChanged("decode", -1);
        generation.Fail(new OperationCanceledException(generation.Cancellation));
    }

    private void Run()
    {
        while (!_ending && Admit()) Step();
        foreach (Entry entry in _active.ToArray()) Leave(entry, RequestException.Ending());
        while (_queue.TryTake(out (Generation Generation, long Enqueued) waiting, TimeSpan.Zero))
        {
            _metrics.QueueChanged("decode", -1);
            waiting.Generation.Fail(RequestException.Ending());
        }
    }

    /// <summary>Fills free places; waits where there is nothing to do. False when nothing more will come.</summary>
    private bool Admit()
    {
        while (_active.Count < _batchSize)
        {
            TimeSpan wait = _active.Count == 0 ? Timeout.InfiniteTimeSpan : TimeSpan.Zero;
            if (!_queue.TryTake(out (Generation Generation, long Enqueued) next, wait)) return _active.Count > 0;
            if (next.Generation.Cancellation.IsCancellationRequested)
            {
                GiveUp(next.Generation);
                continue;
            }

            _metrics.QueueChanged("decode", -1);
            try
            {
                long now = _time.GetTimestamp();
                _active.Add(new Entry(new ActiveSequence(next.Generation, _decoder), _time.GetElapsedTime(next.Enqueued, now).TotalSeconds, now));
                ActiveChanged(1);
                _metrics.Waited("decode", _active[^1].QueueSeconds);
            }
            catch (Exception error)
            {
                next.Generation.Fail(error);
            }
        }

        return true;
    }

    private void Step()
    {
        EndThoseThatNeedNoStep();
        if (_active.Count == 0) return;
        (Entry Entry, DecodeStep Step)[] batch = [.. _active.Select(entry => (entry, entry.Sequence.Next(_chunk)))];
        if (TryRun(batch) is not { } error) return;
        if (batch.Length == 1)
        {
            Leave(batch[0].Entry, error);
            return;
        }

        // A run is all or nothing, and which of its sequences is to blame is not known: each for itself tells.
        _metrics.BatchFailed("decode");
        foreach ((Entry Entry, DecodeStep Step) one in batch)
            if (TryRun([one]) is { } own) Leave(one.Entry, own);
    }

    /// <summary>Runs steps and takes in what they computed.</summary>
    /// <returns>Null, or the error of a run that changed nothing.</returns>
    private Exception? TryRun((Entry Entry, DecodeStep Step)[] batch)
    {
        long start = _time.GetTimestamp();
        try
        {
            _decoder.Run([.. batch.Select(one => one.Step)]);
        }
        catch (Exception error)
        {
            return error;
        }

        int prefilled = 0, generated = 0;
        foreach ((Entry entry, DecodeStep step) in batch)
        {
            if (entry.Sequence.IsPrefilling) prefilled += step.Tokens.Length;
            int before = entry.Sequence.Count;
            if (entry.Sequence.Advance(step)) Sample(entry, step);
            generated += entry.Sequence.Count - before;
        }

        _metrics.Stepped(batch.Length, prefilled, generated, _time.GetElapsedTime(start).TotalSeconds);
        return null;
    }

    private void Sample(Entry entry, DecodeStep step)
    {
        try
        {
            entry.FirstLogits ??= _time.GetTimestamp();
            // The client may have taken over while the step ran.
            if (EndOf(entry) is { } early) Leave(entry, early);
            else if (!entry.Sequence.Sample(step)) Leave(entry, GenerationEnd.Stop);
            else if (EndOf(entry) is { } end) Leave(entry, end);
        }
        catch (Exception error)
        {
            // This thread serves everyone: whatever one sequence's logits lead to is that sequence's failure.
            Leave(entry, error);
        }
    }

    private void EndThoseThatNeedNoStep()
    {
        foreach (Entry entry in _active.ToArray())
        {
            if (entry.Sequence.Generation.Cancellation.IsCancellationRequested) Leave(entry, new OperationCanceledException(entry.Sequence.Generation.Cancellation));
            else if (EndOf(entry) is { } end) Leave(entry, end);
        }
    }

    private static GenerationEnd? EndOf(Entry entry)
    {
        Generation generation = entry.Sequence.Generation;
        if (entry.Sequence.Count >= generation.Limit) return GenerationEnd.TakenOver;
        return entry.Sequence.Count >= generation.Request.MaxNewTokens ? GenerationEnd.Length : null;
    }

    private void Leave(Entry entry, GenerationEnd end)
    {
        long now = _time.GetTimestamp();
        double prefill = _time.GetElapsedTime(entry.Admitted, entry.FirstLogits ?? now).TotalSeconds;
        double decode = entry.FirstLogits is { } first ? _time.GetElapsedTime(first, now).TotalSeconds : 0;
        Remove(entry);
        entry.Sequence.Generation.Complete(new GenerationResult(end, entry.Sequence.Count, entry.QueueSeconds, prefill, decode));
    }

    private void Leave(Entry entry, Exception error)
    {
        Remove(entry);
        entry.Sequence.Generation.Fail(error);
    }

    private void Remove(Entry entry)
    {
        _active.Remove(entry);
        entry.Sequence.Dispose();
        // Before the generation's end is known, so that whoever sees it sees its place free.
        ActiveChanged(-1);
    }

    private void ActiveChanged(int by)
    {
        Interlocked.Add(ref _activeSequences, by);
        _metrics.SequencesChanged(by);
    }

    private sealed class Entry(ActiveSequence sequence, double queueSeconds, long admitted)
    {
        public ActiveSequence Sequence { get; } = sequence;

        public double QueueSeconds { get; } = queueSeconds;

        public long Admitted { get; } = admitted;

        public long? FirstLogits { get; set; }
    }
}
