using System.Collections.Concurrent;
using QwenVl.Model.Execution;
using QwenVl.Model.Vision;
using QwenVl.Runtime.Errors;
using QwenVl.Runtime.Queueing;
using QwenVl.Runtime.Telemetry;

namespace QwenVl.Runtime.Encoding;

/// <summary>
/// One thread that owns one vision tower and runs what waits, up to the batch size at a time. Pictures of one batch are
/// in the same bucket of patches, so that a small one is not padded to the size of a large one.
/// </summary>
public sealed class EncodeWorker : IDisposable
{
    private const int SmallBucketPatches = 1024;
    private readonly IVisionEncoder _encoder;
    private readonly string _tower;
    private readonly int _batchSize;
    private readonly TimeSpan _queueDelay;
    private readonly RuntimeMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly WaitingLine<Job> _queue;
    private readonly Thread _thread;
    // Batches under way are finished by a thread of their own, where the tower takes more than one: the next one is
    // brought to the device meanwhile.
    private readonly Thread? _finisher;
    private readonly BlockingCollection<Running> _started = [];
    private readonly ConcurrentQueue<Job> _retries = [];
    private readonly object _turn = new();
    private int _pending;
    private volatile bool _ending;
    private Job? _heldBack;
    private long _lastEnd;

    /// <param name="encoder">The tower; owned from here on.</param>
    /// <param name="tower">Its name in metrics.</param>
    /// <param name="batchSize">Pictures a batch.</param>
    /// <param name="queueLength">Pictures that may wait.</param>
    /// <param name="queueDelay">How long a picture waits for others.</param>
    /// <param name="metrics">Where runs are counted.</param>
    /// <param name="time">The clock.</param>
    public EncodeWorker(IVisionEncoder encoder, string tower, int batchSize, int queueLength, TimeSpan queueDelay, RuntimeMetrics metrics, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(encoder);
        (_encoder, _tower, _batchSize, _queueDelay, _metrics, _time) = (encoder, tower, Math.Min(batchSize, encoder.MaxBatchSize), queueDelay, metrics, time);
        _queue = new WaitingLine<Job>(queueLength, GiveUp);
        if (encoder.MaxPending > 1)
        {
            _finisher = new Thread(FinishAll) { Name = $"finish {tower}", IsBackground = true };
            _finisher.Start();
        }

        _thread = new Thread(Run) { Name = $"encode {tower}", IsBackground = true };
        _thread.Start();
    }

    /// <summary>Whether nothing is taken any more.</summary>
    public bool IsEnding => _ending;

    /// <summary>Waits for a place in a batch and for the batch.</summary>
    /// <param name="patches">The picture; the worker holds a handle of its own until the batch is done, also when the caller has gone.</param>
    /// <param name="cancellation">Stops waiting.</param>
    /// <exception cref="RequestException">Too many pictures wait, or this one has too many patches.</exception>
    /// <exception cref="OperationCanceledException">The caller gave up before the picture's batch was formed.</exception>
    public async Task<EncodeResult> EncodeAsync(ImagePatches patches, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(patches);
        if (patches.Grid.Patches > _encoder.MaxPatches)
            throw RequestException.Invalid(RequestReason.ImageTooLarge, $"The picture has {patches.Grid.Patches} patches after resizing; at most {_encoder.MaxPatches} are accepted. Crop it or ask for a smaller resolution.");
        var job = new Job(patches, _time.GetTimestamp(), cancellation);
        Enqueue(job);
        return await job.Completion.Task.WaitAsync(cancellation);
    }

    /// <summary>Ends the thread after the batch under way; pictures that still wait are refused.</summary>
    public void Dispose()
    {
        _ending = true;
        _queue.Close();
        Pulse(0);
        _thread.Join();
        while (_queue.TryTake(out Job job, TimeSpan.Zero))
        {
            _metrics.QueueChanged("encode", -1);
            job.Fail(RequestException.Ending());
        }

        _started.Dispose();
        _encoder.Dispose();
    }

    private void Enqueue(Job job)
    {
        _metrics.QueueChanged("encode", 1);
        try
        {
            if (_queue.TryAdd(job, job.Cancellation))
            {
                Pulse(0);
                return;
            }

            throw RequestException.Exhausted(RequestReason.QueueFull, $"{_queue.Capacity} pictures wait for the vision tower already. Try again later.");
        }
        catch (RequestException)
        {
            _metrics.QueueChanged("encode", -1);
            job.Patches.Dispose();
            throw;
        }
    }

    private void Run()
    {
        while (true)
        {
            AwaitTurn();
            var batch = new List<Job>(_batchSize);
            if (!Collect(batch)) break;
            if (batch.Count > 0) Start(batch);
        }

        _started.CompleteAdding();
        _finisher?.Join();
        foreach (Job job in _retries) job.Fail(RequestException.Ending());
    }

    /// <summary>While the tower is busy nothing is gained by starting less than a full batch: others may still join it.</summary>
    private void AwaitTurn()
    {
        lock (_turn)
        {
            while (_pending == _encoder.MaxPending || (_pending > 0 && !_ending && _retries.IsEmpty && _queue.Count + (_heldBack is null ? 0 : 1) < _batchSize))
                Monitor.Wait(_turn);
        }
    }

    private void Pulse(int pending)
    {
        lock (_turn)
        {
            _pending += pending;
            Monitor.Pulse(_turn);
        }
    }

    /// <summary>Takes the next batch; false when nothing more will come.</summary>
    private bool Collect(List<Job> batch)
    {
        // Only an idle thread may sleep below. Asked first: what a batch under way leaves to try again is there before it ends.
        bool isBusy = Volatile.Read(ref _pending) > 0;
        if (_retries.TryDequeue(out Job? again))
        {
            batch.Add(again);
            return true;
        }

        Job? first = _heldBack;
        _heldBack = null;
        if (first is null && (_ending || !_queue.TryTake(out first, isBusy ? TimeSpan.Zero : Timeout.InfiniteTimeSpan))) return isBusy && !_ending;
        Add(batch, first);
        long start = _time.GetTimestamp();
        while (batch.Count < _batchSize)
        {
            TimeSpan left = _queueDelay - _time.GetElapsedTime(start);
            if (!_queue.TryTake(out Job next, left > TimeSpan.Zero ? left : TimeSpan.Zero)) break;
            if (batch.Count > 0 && IsLarge(next) != IsLarge(batch[0]))
            {
                _heldBack = next;
                break;
            }

            Add(batch, next);
        }

        return true;
    }

    private void Add(List<Job> batch, Job job)
    {
        if (job.Cancellation.IsCancellationRequested)
        {
            GiveUp(job);
            return;
        }

        _metrics.QueueChanged("encode", -1);
        batch.Add(job);
    }

    /// <summary>Ends a picture's wait that was cancelled.</summary>
    private void GiveUp(Job job)
    {
        _metrics.QueueChanged("encode", -1);
        job.Cancel();
    }

    private void Start(List<Job> batch)
    {
        long start = _time.GetTimestamp();
        try
        {
            var run = new Running(batch, _encoder.Start([.. batch.Select(job => job.Patches)]), start);
            Pulse(1);
            if (_finisher is null) Finish(run);
            else _started.Add(run);
        }
        catch (Exception error)
        {
            Fail(batch, error);
        }
    }

    private void FinishAll()
    {
        foreach (Running run in _started.GetConsumingEnumerable()) Finish(run);
    }

    private void Finish(Running run)
    {
        // A batch that was started early waited for the one before it: that time is not its own.
        long start = Math.Max(run.Start, _lastEnd);
        try
        {
            IReadOnlyList<ImageFeatures> features = run.Encode.Finish();
            _lastEnd = _time.GetTimestamp();
            double seconds = _time.GetElapsedTime(start, _lastEnd).TotalSeconds;
            _metrics.Encoded(_tower, run.Batch.Count, seconds);
            for (int i = 0; i < run.Batch.Count; i++) Complete(run.Batch[i], features[i], start, seconds);
        }
        catch (Exception error)
        {
            Fail(run.Batch, error);
        }
        finally
        {
            Pulse(-1);
        }
    }

    private void Fail(List<Job> batch, Exception error)
    {
        if (batch.Count == 1)
        {
            batch[0].Fail(error);
            return;
        }

        // Which picture is to blame is not known: each for itself tells.
        _metrics.BatchFailed("encode");
        foreach (Job job in batch) _retries.Enqueue(job);
    }

    private void Complete(Job job, ImageFeatures features, long start, double seconds)
    {
        double waited = _time.GetElapsedTime(job.Enqueued, start).TotalSeconds;
        _metrics.Waited("encode", waited);
        job.Complete(new EncodeResult(features, waited, seconds, WasCached: false));
    }

    private static bool IsLarge(Job job) => job.Patches.Grid.Patches > SmallBucketPatches;

    private sealed record Running(List<Job> Batch, IPendingEncode Encode, long Start);

    private sealed class Job(ImagePatches patches, long enqueued, CancellationToken cancellation)
    {
        /// <summary>The job's own handle: whatever becomes of whoever asked, the tower reads memory that is still this picture's.</summary>
        public ImagePatches Patches { get; } = patches.Retain();

        public long Enqueued { get; } = enqueued;

        public CancellationToken Cancellation { get; } = cancellation;

        public TaskCompletionSource<EncodeResult> Completion { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public void Complete(EncodeResult result)
        {
            Patches.Dispose();
            Completion.TrySetResult(result);
        }

        public void Fail(Exception error)
        {
            Patches.Dispose();
            Completion.TrySetException(error);
        }

        public void Cancel()
        {
            Patches.Dispose();
            Completion.TrySetCanceled(Cancellation);
        }
    }
}
