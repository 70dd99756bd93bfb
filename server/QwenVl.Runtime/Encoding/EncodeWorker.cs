using System.Collections.Concurrent;
using QwenVl.Model.Execution;
using QwenVl.Model.Vision;
using QwenVl.Runtime.Encoding.Planning;
using QwenVl.Runtime.Errors;
using QwenVl.Runtime.Queueing;
using QwenVl.Runtime.Telemetry;

namespace QwenVl.Runtime.Encoding;

/// <summary>One thread that owns one vision tower and runs the batches that <see cref="EncodePlanner{TWork}"/> plans.</summary>
public sealed class EncodeWorker : IDisposable
{
    internal const string Stage = "encode";

    private readonly IVisionEncoder _encoder;
    private readonly string _tower;
    private readonly RuntimeMetrics _metrics;
    private readonly EncodePlanner<EncodeJob> _planner;
    private readonly WaitingRoom<EncodeJob> _room;
    private readonly Thread _thread;
    // Batches under way are finished by a thread of their own, where the tower takes more than one: the next one is
    // brought to the device meanwhile.
    private readonly Thread? _finisher;
    private readonly BlockingCollection<EncodeRun> _started = [];
    private int _pending;
    private TimeSpan _lastEnd;

    /// <param name="encoder">The tower; owned from here on.</param>
    /// <param name="tower">Its name in metrics.</param>
    /// <param name="batchSize">Pictures a batch.</param>
    /// <param name="queueLength">Pictures that may wait.</param>
    /// <param name="queueDelay">How long a picture waits for others.</param>
    /// <param name="metrics">Where runs are counted.</param>
    /// <param name="time">The clock.</param>
    /// <param name="queueWait">Pictures that would wait longer are refused; null takes any.</param>
    public EncodeWorker(IVisionEncoder encoder, string tower, int batchSize, int queueLength, TimeSpan queueDelay, RuntimeMetrics metrics, TimeProvider time, TimeSpan? queueWait = null)
    {
        ArgumentNullException.ThrowIfNull(encoder);
        (_encoder, _tower, _metrics) = (encoder, tower, metrics);
        var limits = new EncodeLimits(Math.Min(batchSize, encoder.MaxBatchSize), encoder.MaxPending, queueLength, queueDelay, encoder.PatchBuckets);
        _planner = new EncodePlanner<EncodeJob>(limits);
        _room = new WaitingRoom<EncodeJob>(_planner, Stage, "pictures wait for the vision tower", metrics, time) { MaxWait = queueWait ?? TimeSpan.MaxValue };
        if (encoder.MaxPending > 1)
        {
            _finisher = new Thread(FinishAll) { Name = $"finish {tower}", IsBackground = true };
            _finisher.Start();
        }

        _thread = new Thread(Run) { Name = $"encode {tower}", IsBackground = true };
        _thread.Start();
    }

    /// <summary>Whether nothing is taken any more.</summary>
    public bool IsEnding => _room.IsClosed;

    /// <summary>Pictures that wait for a batch.</summary>
    public int Waiting => _room.Count;

    /// <summary>How long a picture that comes now would wait, as fast as work is done lately; the batch under way counts as one picture.</summary>
    public TimeSpan ExpectedWait => _room.Rate.WaitOf(_room.Count + (Volatile.Read(ref _pending) > 0 ? 1 : 0));

    /// <summary>Refuses a picture that would find no room now, before it is decoded.</summary>
    /// <exception cref="RequestException">Too many wait, or for too long, or the server is ending.</exception>
    public void RequireRoom() => _room.RequireRoom();

    /// <summary>Waits for a place in a batch and for the batch.</summary>
    /// <param name="patches">The picture; the worker holds a handle of its own until the batch is done, also when the caller has gone.</param>
    /// <param name="terms">On whose behalf, how urgently and until when.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="RequestException">Too many pictures wait, this one has too many patches, or its deadline passed while it waited.</exception>
    /// <exception cref="OperationCanceledException">The caller gave up before the picture's batch was formed.</exception>
    public async Task<EncodeResult> EncodeAsync(ImagePatches patches, RequestTerms terms, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(patches);
        ArgumentNullException.ThrowIfNull(terms);
        if (patches.Grid.Patches > _encoder.MaxPatches)
            throw RequestException.Invalid(RequestReason.ImageTooLarge, $"The picture has {patches.Grid.Patches} patches after resizing; at most {_encoder.MaxPatches} are accepted. Crop it or ask for a smaller resolution.");
        var job = new EncodeJob(patches, terms, _room.Now, _room.ExpiryOf(terms), cancellation);
        try
        {
            _room.Enter(job);
        }
        catch (RequestException)
        {
            job.Release();
            throw;
        }

        return await job.Completion.WaitAsync(cancellation);
    }

    /// <summary>Ends the thread after the batch under way; pictures that still wait are refused.</summary>
    public void Dispose()
    {
        _room.Close();
        _thread.Join();
        _room.Empty();
        _started.Dispose();
        _encoder.Dispose();
    }

    private void Run()
    {
        while (!_room.IsClosed)
            if (_room.Next(now => _planner.Plan(now, _pending), wait: true) is { Count: > 0 } batch) Start(batch);
        _started.CompleteAdding();
        _finisher?.Join();
    }

    private void Start(IReadOnlyList<EncodeJob> batch)
    {
        TimeSpan start = _room.Now;
        EncodeRun run;
        try
        {
            ImagePatches[] pictures = [.. batch.Select(job => job.Patches)];
            run = new EncodeRun(batch, _encoder.Start(pictures), start);
            _metrics.Padded(_tower, pictures.Sum(picture => (long)picture.Grid.Patches), _encoder.PatchesOf(pictures));
        }
        catch (Exception error)
        {
            Fail(batch, error);
            return;
        }

        _room.Change(() => _pending++);
        if (_finisher is null) Finish(run);
        else _started.Add(run);
    }

    private void FinishAll()
    {
        foreach (EncodeRun run in _started.GetConsumingEnumerable()) Finish(run);
    }

    private void Finish(EncodeRun run)
    {
        // A batch that was started early waited for the one before it: that time is not its own.
        TimeSpan start = run.Start > _lastEnd ? run.Start : _lastEnd;
        try
        {
            IReadOnlyList<ImageFeatures> features = run.Pending.Finish();
            _lastEnd = _room.Now;
            TimeSpan busy = _lastEnd - start;
            _metrics.Encoded(_tower, run.Jobs.Count, busy.TotalSeconds);
            _room.Rate.Record(run.Jobs.Count, busy);
            for (int i = 0; i < run.Jobs.Count; i++) Complete(run.Jobs[i], features[i], start, busy);
        }
        catch (Exception error)
        {
            Fail(run.Jobs, error);
        }
        finally
        {
            _room.Change(() => _pending--);
        }
    }

    private void Fail(IReadOnlyList<EncodeJob> batch, Exception error)
    {
        if (batch.Count == 1)
        {
            batch[0].Fail(error);
            return;
        }

        // Which picture is to blame is not known: each for itself tells.
        _metrics.BatchFailed(Stage);
        foreach (EncodeJob job in batch) _room.CameBack(job);
        _room.Change(() => _planner.RunAlone(batch));
    }

    private void Complete(EncodeJob job, ImageFeatures features, TimeSpan start, TimeSpan busy)
    {
        double waited = (start - job.Arrived).TotalSeconds;
        _metrics.Waited(Stage, job.Priority, waited);
        job.Complete(new EncodeResult(features, waited, busy.TotalSeconds, WasCached: false));
    }
}
