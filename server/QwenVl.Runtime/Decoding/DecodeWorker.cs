using QwenVl.Model.Execution;
using QwenVl.Runtime.Decoding.Planning;
using QwenVl.Runtime.Errors;
using QwenVl.Runtime.Queueing;
using QwenVl.Runtime.Telemetry;

namespace QwenVl.Runtime.Decoding;

/// <summary>
/// One thread that owns the decoder: between steps sequences enter as <see cref="AdmissionPlanner{TWork}"/> says, and leave;
/// each step advances those that <see cref="StepPlanner"/> names.
/// </summary>
public sealed class DecodeWorker : IDisposable
{
    internal const string Stage = "decode";

    private readonly ITextDecoder _decoder;
    private readonly RuntimeMetrics _metrics;
    private readonly long _cachedTokens;
    private readonly int _places;
    private readonly AdmissionPlanner<DecodeJob> _admission;
    private readonly WaitingRoom<DecodeJob> _room;
    private readonly StepPlanner _steps;
    private readonly ActiveSequences _active;
    private readonly StepRunner _runner;
    private readonly Thread _thread;

    /// <param name="decoder">The decoder; owned from here on.</param>
    /// <param name="limits">How much it does at a time.</param>
    /// <param name="metrics">Where steps are counted.</param>
    /// <param name="time">The clock.</param>
    public DecodeWorker(ITextDecoder decoder, DecodeLimits limits, RuntimeMetrics metrics, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(decoder);
        ArgumentNullException.ThrowIfNull(limits);
        ArgumentNullException.ThrowIfNull(metrics);
        ArgumentNullException.ThrowIfNull(time);
        (_decoder, _metrics) = (decoder, metrics);
        int batch = Math.Min(limits.BatchSize, decoder.MaxBatchSize);
        int sequences = Math.Min(limits.Sequences > 0 ? limits.Sequences : batch, decoder.MaxSequences);
        _places = sequences;
        _cachedTokens = limits.CachedTokens > 0 ? limits.CachedTokens : (long)sequences * decoder.MaxSequenceLength;
        _admission = new AdmissionPlanner<DecodeJob>(new AdmissionLimits(sequences, _cachedTokens, limits.QueueLength));
        _room = new WaitingRoom<DecodeJob>(_admission, Stage, "questions wait for the decoder", metrics, time) { MaxWait = limits.QueueWait };
        _steps = new StepPlanner(new StepLimits(batch, limits.StepTokens, limits.PrefillChunk));
        _active = new ActiveSequences(decoder, _admission, _room, metrics);
        _runner = new StepRunner(decoder, _active, metrics, time);
        metrics.CacheCapacity(_cachedTokens);
        _thread = new Thread(Run) { Name = "decode", IsBackground = true };
        _thread.Start();
    }

    /// <summary>The most tokens of a prompt and its answer.</summary>
    public int MaxSequenceLength => _decoder.MaxSequenceLength;

    /// <summary>Sequences in the decoder.</summary>
    public int ActiveSequences => _active.Count;

    /// <summary>Whether nothing is taken any more.</summary>
    public bool IsEnding => _room.IsClosed;

    /// <summary>Generations that wait for a place in the decoder.</summary>
    public int Waiting => _room.Count;

    /// <summary>How long a generation that is started now would wait for its place, as fast as work is done lately; zero while a place is free.</summary>
    public TimeSpan ExpectedWait
    {
        get
        {
            int waiting = _room.Count;
            return waiting == 0 && _active.Count < _places ? TimeSpan.Zero : _room.Rate.WaitOf(waiting + 1);
        }
    }

    /// <summary>From one token of an answer to its next, lately; zero where none was written yet.</summary>
    public TimeSpan TokenTime => _active.TokenRate.WaitOf(1);

    /// <summary>Refuses a question that would find no room now, before its pictures are looked at.</summary>
    /// <exception cref="RequestException">Too many wait, or for too long, or the server is ending.</exception>
    public void RequireRoom() => _room.RequireRoom();

    /// <summary>Starts a generation.</summary>
    /// <param name="request">What to generate; its capacity is at most <see cref="MaxSequenceLength"/>.</param>
    /// <param name="cancellation">Ends it within a step.</param>
    /// <exception cref="RequestException">Too many wait, the request needs more of the cache than there is, or the server is ending.</exception>
    public Generation Start(GenerationRequest request, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(request);
        // What is longer than any sequence fails when its sequence is made, and in the decoder's own words.
        int tokens = Math.Min(request.Capacity, MaxSequenceLength);
        if (tokens > _cachedTokens)
            throw RequestException.Invalid(RequestReason.PromptTooLong, $"Prompt and answer take {tokens} tokens of the key-value cache, which holds {_cachedTokens}. Shorten the prompt or ask for fewer tokens.");
        var generation = new Generation(request, cancellation);
        _room.Enter(new DecodeJob(generation, tokens, _room.Now, _room.ExpiryOf(request.Terms)));
        return generation;
    }

    /// <summary>Ends the thread after the step under way; what is not finished fails.</summary>
    public void Dispose()
    {
        _room.Close();
        _thread.Join();
        _room.Empty();
        _metrics.CacheCapacity(-_cachedTokens);
        _decoder.Dispose();
    }

    private void Run()
    {
        while (!_room.IsClosed)
        {
            foreach (DecodeJob job in _room.Next(_admission.Plan, wait: _active.Count == 0)) _active.Enter(job, _steps.Turn);
            _active.LeaveWhereDone();
            if (_active.Count > 0 && !_room.IsClosed) _runner.Run(_steps.Plan(_active.All));
        }

        _active.LeaveAll(RequestException.Ending());
    }
}
