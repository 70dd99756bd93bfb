using System.Collections.Concurrent;
using QwenVl.Model.Execution;
using QwenVl.Runtime.Errors;
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
    private readonly BlockingCollection<(Generation Generation, long Enqueued)> _queue;
    private readonly List<Entry> _active = [];
    private readonly Thread _thread;
    private volatile bool _ending;

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
        _queue = new BlockingCollection<(Generation, long)>(queueLength);
        _thread = new Thread(Run) { Name = "decode", IsBackground = true };
        _thread.Start();
    }

    /// <summary>The most tokens of a prompt and its answer.</summary>
    public int MaxSequenceLength => _decoder.MaxSequenceLength;

    /// <summary>Starts a generation.</summary>
    /// <param name="request">What to generate; its capacity is at most <see cref="MaxSequenceLength"/>.</param>
    /// <param name="cancellation">Ends it within a step.</param>
    /// <exception cref="RequestException">Too many wait.</exception>
    public Generation Start(GenerationRequest request, CancellationToken cancellation)
    {
        var generation = new Generation(request, cancellation);
        if (!_queue.TryAdd((generation, _time.GetTimestamp()), 0, CancellationToken.None))
            throw RequestException.Exhausted(RequestReason.QueueFull, $"{_queue.BoundedCapacity} questions wait for the decoder already. Try again later.");
        _metrics.QueueChanged("decode", 1);
        return generation;
    }

    /// <summary>Ends the thread after the step under way; what is not finished is cancelled.</summary>
    public void Dispose()
    {
        _ending = true;
        _queue.CompleteAdding();
        _thread.Join();
        _queue.Dispose();
        _decoder.Dispose();
    }

    private void Run()
    {
        while (!_ending && Admit()) Step();
        foreach (Entry entry in _active) Leave(entry, new OperationCanceledException("The server is ending."));
        while (_queue.TryTake(out (Generation Generation, long) waiting)) waiting.Generation.Fail(new OperationCanceledException("The server is ending."));
    }

    /// <summary>Fills free places; waits where there is nothing to do. False when nothing more will come.</summary>
    private bool Admit()
    {
        while (_active.Count < _batchSize)
        {
            int wait = _active.Count == 0 ? Timeout.Infinite : 0;
            if (!_queue.TryTake(out (Generation Generation, long Enqueued) next, wait)) return _active.Count > 0;
            _metrics.QueueChanged("decode", -1);
            if (next.Generation.Cancellation.IsCancellationRequested)
            {
                next.Generation.Fail(new OperationCanceledException(next.Generation.Cancellation));
                continue;
            }

            try
            {
                long now = _time.GetTimestamp();
                _active.Add(new Entry(new ActiveSequence(next.Generation, _decoder), _time.GetElapsedTime(next.Enqueued, now).TotalSeconds, now));
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
        DecodeStep[] steps = [.. _active.Select(entry => entry.Sequence.Next(_chunk))];
        long start = _time.GetTimestamp();
        try
        {
            _decoder.Run(steps);
        }
        catch (Exception error)
        {
            // A step is all or nothing: which of its sequences is to blame is not known.
            foreach (Entry entry in _active.ToArray()) Leave(entry, error);
            return;
        }

        int generated = 0;
        foreach ((Entry entry, DecodeStep step) in _active.ToArray().Zip(steps))
            if (entry.Sequence.Advance(step) && Sample(entry, step)) generated++;
        _metrics.Stepped(steps.Length, steps.Sum(step => step.Tokens.Length) - generated, generated, _time.GetElapsedTime(start).TotalSeconds);
    }

    private bool Sample(Entry entry, DecodeStep step)
    {
        try
        {
            entry.FirstLogits ??= _time.GetTimestamp();
            // The client may have taken over while the step ran.
            if (EndOf(entry) is { } early)
            {
                Leave(entry, early);
                return false;
            }

            if (!entry.Sequence.Sample(step.Logits.Span)) Leave(entry, GenerationEnd.Stop);
            else if (EndOf(entry) is { } end) Leave(entry, end);
            return true;
        }
        catch (InvalidOperationException error)
        {
            Leave(entry, error);
            return false;
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
        _active.Remove(entry);
        entry.Sequence.Dispose();
        entry.Sequence.Generation.Complete(new GenerationResult(end, entry.Sequence.Count, entry.QueueSeconds, prefill, decode));
    }

    private void Leave(Entry entry, Exception error)
    {
        _active.Remove(entry);
        entry.Sequence.Dispose();
        entry.Sequence.Generation.Fail(error);
    }

    private sealed class Entry(ActiveSequence sequence, double queueSeconds, long admitted)
    {
        public ActiveSequence Sequence { get; } = sequence;

        public double QueueSeconds { get; } = queueSeconds;

        public long Admitted { get; } = admitted;

        public long? FirstLogits { get; set; }
    }
}
