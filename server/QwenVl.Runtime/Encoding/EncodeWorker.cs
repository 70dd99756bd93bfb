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
    private volatile bool _ending;
    private Job? _heldBack;

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
        _thread = new Thread(Run) { Name = $"encode {tower}", IsBackground = true };
        _thread.Start();
    }

    /// <summary>Whether nothing is taken any more.</summary>
    public bool IsEnding => _ending;

    /// <summary>Waits for a place in a batch and for the batch.</summary>
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
        _thread.Join();
        while (_queue.TryTake(out Job job, TimeSpan.Zero))
        {
            _metrics.QueueChanged("encode", -1);
            job.Completion.TrySetException(RequestException.Ending());
        }

        _encoder.Dispose();
    }

    private void Enqueue(Job job)
    {
        _metrics.QueueChanged("encode", 1);
        try
        {
            if (_queue.TryAdd(job, job.Cancellation)) return;
            throw RequestException.Exhausted(RequestReason.QueueFull, $"{_queue.Capacity} pictures wait for the vision tower already. Try again later.");
        }
        catch (RequestException)
        {
            _metrics.QueueChanged("encode", -1);
            throw;
        }
    }

    private void Run()
    {
        var batch = new List<Job>(_batchSize);
        while (Collect(batch))
        {
            if (batch.Count > 0) Encode(batch);
            batch.Clear();
        }
    }

    /// <summary>Takes the next batch; false when nothing more will come.</summary>
    private bool Collect(List<Job> batch)
    {
        Job? first = _heldBack;
        _heldBack = null;
        if (first is null && (_ending || !_queue.TryTake(out first, Timeout.InfiniteTimeSpan))) return false;
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
        job.Completion.TrySetCanceled(job.Cancellation);
    }

    private void Encode(List<Job> batch)
    {
        long start = _time.GetTimestamp();
        try
        {
            IReadOnlyList<ImageFeatures> features = _encoder.Encode([.. batch.Select(job => job.Patches)]);
            double seconds = _time.GetElapsedTime(start).TotalSeconds;
            _metrics.Encoded(_tower, batch.Count, seconds);
            for (int i = 0; i < batch.Count; i++) Complete(batch[i], features[i], start, seconds);
        }
        catch (Exception error) when (batch.Count == 1)
        {
            batch[0].Completion.TrySetException(error);
        }
        catch (Exception)
        {
            // Which picture is to blame is not known: each for itself tells.
            foreach (Job job in batch) Encode([job]);
        }
    }

    private void Complete(Job job, ImageFeatures features, long start, double seconds)
    {
        double waited = _time.GetElapsedTime(job.Enqueued, start).TotalSeconds;
        _metrics.Waited("encode", waited);
        job.Completion.TrySetResult(new EncodeResult(features, waited, seconds, WasCached: false));
    }

    private static bool IsLarge(Job job) => job.Patches.Grid.Patches > SmallBucketPatches;

    private sealed class Job(ImagePatches patches, long enqueued, CancellationToken cancellation)
    {
        public ImagePatches Patches { get; } = patches;

        public long Enqueued { get; } = enqueued;

        public CancellationToken Cancellation { get; } = cancellation;

        public TaskCompletionSource<EncodeResult> Completion { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
