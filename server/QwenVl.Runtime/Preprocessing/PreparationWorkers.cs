using QwenVl.Model.Vision;
using QwenVl.Runtime.Errors;
using QwenVl.Runtime.Preprocessing.Memory;
using QwenVl.Runtime.Queueing;
using QwenVl.Runtime.Telemetry;

namespace QwenVl.Runtime.Preprocessing;

/// <summary>Threads that prepare pictures, each one picture at a time: nothing is gained by cutting one picture up while others wait.</summary>
internal sealed class PreparationWorkers : IDisposable
{
    private readonly WaitingLine<PreparationJob> _line;
    private readonly BufferPool _pool;
    private readonly RuntimeMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly Thread[] _threads;
    private volatile bool _ending;

    public PreparationWorkers(int workers, int queueLength, BufferPool pool, RuntimeMetrics metrics, TimeProvider time)
    {
        (_pool, _metrics, _time) = (pool, metrics, time);
        _line = new WaitingLine<PreparationJob>(queueLength, job => job.Completion.TrySetCanceled(job.Cancellation));
        _threads = [.. Enumerable.Range(0, workers).Select(index => new Thread(Run) { Name = $"prepare {index}", IsBackground = true })];
        foreach (Thread thread in _threads) thread.Start();
    }

    /// <summary>Waits for a worker and for its work.</summary>
    /// <returns>The picture; the caller disposes it.</returns>
    /// <exception cref="RequestException">The picture is damaged, too many wait, or the server is ending.</exception>
    /// <exception cref="OperationCanceledException">Whoever asked has gone.</exception>
    public Task<PreparedImage> RunAsync(PreparationJob job) => _line.TryAdd(job, job.Cancellation)
        ? job.Completion.Task
        : throw RequestException.Exhausted(RequestReason.QueueFull, $"{_line.Capacity} pictures wait to be decoded already. Try again later.");

    public void Dispose()
    {
        _ending = true;
        _line.Close();
        foreach (Thread thread in _threads) thread.Join();
    }

    private void Run()
    {
        while (_line.TryTake(out PreparationJob job, Timeout.InfiniteTimeSpan))
        {
            job.Place.Dispose();
            try
            {
                if (_ending) throw RequestException.Ending();
                job.Cancellation.ThrowIfCancellationRequested();
                job.Completion.SetResult(Prepare(job));
            }
            catch (OperationCanceledException)
            {
                job.Completion.SetCanceled(job.Cancellation);
            }
            catch (Exception error)
            {
                job.Completion.SetException(error);
            }
        }
    }

    private PreparedImage Prepare(PreparationJob job)
    {
        long start = _time.GetTimestamp();
        _metrics.Waited("preprocess", _time.GetElapsedTime(job.Asked, start).TotalSeconds);
        using DecodedImage decoded = ImageDecoder.Decode(job.File.Span, job.Plan.Header, job.Plan.Reduction, _pool);
        long resize = _time.GetTimestamp();
        job.Cancellation.ThrowIfCancellationRequested();
        var patches = new ImagePatches(job.Plan.Grid, Cut(decoded, job));
        long end = _time.GetTimestamp();
        _metrics.Preprocessed(_time.GetElapsedTime(start, resize).TotalSeconds, _time.GetElapsedTime(resize, end).TotalSeconds);
        return new PreparedImage(patches, _time.GetElapsedTime(start, end).TotalSeconds);
    }

    private PooledBuffer Cut(DecodedImage decoded, PreparationJob job)
    {
        int length = job.Plan.Grid.Patches * ImageGrid.PatchLength;
        PooledBuffer buffer = _pool.Rent(length, job.Bytes.Split(job.Plan.PatchBytes));
        try
        {
            ImagePreprocessor.Write(decoded.View, job.Plan.Grid, buffer.GetSpan());
            return buffer;
        }
        catch
        {
            ((IDisposable)buffer).Dispose();
            throw;
        }
    }
}
