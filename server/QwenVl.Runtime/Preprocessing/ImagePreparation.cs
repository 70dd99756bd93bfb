using Microsoft.Extensions.Options;
using QwenVl.Model.Vision;
using QwenVl.Runtime.Configuration;
using QwenVl.Runtime.Errors;
using QwenVl.Runtime.Preprocessing.Memory;
using QwenVl.Runtime.Queueing;
using QwenVl.Runtime.Telemetry;

namespace QwenVl.Runtime.Preprocessing;

/// <summary>
/// Decodes and cuts pictures, a bounded number at a time and within a bounded number of bytes. What does not fit waits, up to
/// the queue's length; what could never fit is refused. Safe for concurrent use.
/// </summary>
public sealed class ImagePreparation : IDisposable
{
    // Returned buffers kept for the next pictures, beside what the ledger bounds.
    private const long MaxIdleBytes = 64 << 20;

    private readonly RuntimeOptions _options;
    private readonly RuntimeMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly ByteLedger _ledger;
    private readonly BufferPool _pool = new(MaxIdleBytes);
    private readonly PreparationWorkers _workers;
    private int _waiting;

    /// <param name="options">Workers, memory, queue length, and what pictures are accepted.</param>
    /// <param name="metrics">Where time, queue and bytes are counted.</param>
    /// <param name="time">The clock.</param>
    public ImagePreparation(IOptions<RuntimeOptions> options, RuntimeMetrics metrics, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(options);
        (_options, _metrics, _time) = (options.Value, metrics, time);
        _ledger = new ByteLedger((long)_options.PreprocessMemoryMb << 20, metrics.PreprocessMemoryChanged);
        int workers = _options.PreprocessWorkers > 0 ? _options.PreprocessWorkers : Environment.ProcessorCount;
        _workers = new PreparationWorkers(workers, _options.MaxQueueLength, _pool, metrics, time);
    }

    /// <summary>The library that decodes, for the log.</summary>
    public static string Decoder => ImageDecoder.Library;

    /// <summary>Bytes reserved for pictures and patches; 0 when nothing is under way and every patch was given back.</summary>
    public long HeldBytes => _ledger.Held;

    /// <summary>Pictures that wait for bytes or for a worker.</summary>
    public int Waiting => Volatile.Read(ref _waiting);

    /// <summary>Pictures that wait for bytes.</summary>
    internal int WaitingForBytes => _ledger.Waiting;

    /// <summary>Names the recipe by which a picture is prepared, for cache keys: pictures decoded at another scale have other features.</summary>
    public string RecipeOf(EncodedImage image, ImageGrid grid) => PlanFor(image, grid).Recipe;

    /// <summary>Decodes, turns upright, resizes and cuts into patches.</summary>
    /// <param name="image">The encoded picture; not changed.</param>
    /// <param name="grid">What it is resized to.</param>
    /// <param name="cancellation">Gives up while waiting, and between decoding and resizing.</param>
    /// <returns>The picture; the caller disposes it, and until then its bytes are reserved.</returns>
    /// <exception cref="RequestException">The picture is refused, too many wait, or the server is ending; the message says why.</exception>
    public async Task<PreparedImage> PrepareAsync(EncodedImage image, ImageGrid grid, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(image);
        PreparationPlan plan = PlanFor(image, grid);
        if (plan.Bytes > _ledger.Capacity)
        {
            throw RequestException.Invalid(RequestReason.ImageTooLarge, $"The picture has {image.Width} x {image.Height} pixels, which take {plan.Bytes >> 20} MiB to prepare; "
                + $"this server has {_options.PreprocessMemoryMb} MiB for it. Reduce the picture, or the server's PreprocessMemoryMb has to be larger.");
        }

        using Lease place = TakePlace();
        long asked = _time.GetTimestamp();
        using ByteReservation bytes = await _ledger.ReserveAsync(plan.Bytes, cancellation);
        // Awaited to its end, also when nobody wants the result any more: the bytes are in use until then.
        return await _workers.RunAsync(new PreparationJob(image.Bytes, plan, bytes, place, asked, cancellation));
    }

    /// <summary>Ends the workers after the pictures under way; those that wait are refused.</summary>
    public void Dispose()
    {
        _workers.Dispose();
        _pool.Dispose();
    }

    /// <summary>Checks a picture's header without decoding it.</summary>
    /// <exception cref="RequestException">The picture is refused; the message says why.</exception>
    internal ImageHeader Check(ReadOnlySpan<byte> file)
    {
        ImageHeader header = ImageHeader.Read(file);
        // Divided, not multiplied: sides of 32 bits each would overflow.
        if (header.Width > _options.MaxImagePixels / header.Height)
            throw RequestException.Invalid(RequestReason.ImageTooLarge, $"The picture has {header.Width} x {header.Height} pixels; at most {_options.MaxImagePixels} in all are accepted.");
        if (Math.Max(header.Width, header.Height) > SmartResize.MaxAspectRatio * Math.Min(header.Width, header.Height))
            throw RequestException.Invalid(RequestReason.ImageAspectRatio, $"The picture has {header.Width} x {header.Height} pixels: one side is more than {SmartResize.MaxAspectRatio} times the other.");
        return header;
    }

    private PreparationPlan PlanFor(EncodedImage image, ImageGrid grid) => PreparationPlan.Create(image.Header, grid, _options.ExactPreprocessing);

    private Lease TakePlace()
    {
        if (Interlocked.Increment(ref _waiting) > _options.MaxQueueLength)
        {
            Interlocked.Decrement(ref _waiting);
            throw RequestException.Exhausted(RequestReason.QueueFull, $"{_options.MaxQueueLength} pictures wait to be decoded already. Try again later.");
        }

        _metrics.QueueChanged("preprocess", 1);
        return new Lease(() =>
        {
            Interlocked.Decrement(ref _waiting);
            _metrics.QueueChanged("preprocess", -1);
        });
    }
}
