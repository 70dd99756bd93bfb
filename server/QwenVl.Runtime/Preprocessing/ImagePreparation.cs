using Microsoft.Extensions.Options;
using QwenVl.Model.Vision;
using QwenVl.Runtime.Configuration;
using QwenVl.Runtime.Errors;
using QwenVl.Runtime.Telemetry;

namespace QwenVl.Runtime.Preprocessing;

/// <summary>Decodes and cuts pictures on as many workers as there are cores. Safe for concurrent use.</summary>
public sealed class ImagePreparation(IOptions<RuntimeOptions> options, RuntimeMetrics metrics, TimeProvider time) : IDisposable
{
    private readonly SemaphoreSlim _workers = new(Environment.ProcessorCount);
    private int _waiting;

    /// <summary>The library that decodes, for the log.</summary>
    public static string Decoder => ImageDecoder.Library;

    /// <summary>Checks a picture's header without decoding it.</summary>
    /// <returns>Its size in pixels, upright.</returns>
    /// <exception cref="RequestException">The picture is refused; the message says why.</exception>
    public (int Width, int Height) Check(ReadOnlySpan<byte> file)
    {
        ImageHeader header = ReadHeader(file);
        return ((int)header.UprightWidth, (int)header.UprightHeight);
    }

    /// <summary>Decodes, turns upright, resizes to the area budget and cuts into patches.</summary>
    /// <param name="file">The encoded picture; not changed.</param>
    /// <param name="maxPixels">The area budget.</param>
    /// <param name="cancellation">Gives up while waiting for a worker.</param>
    /// <exception cref="RequestException">The picture is refused, or too many wait; the message says why.</exception>
    public async Task<PreparedImage> PrepareAsync(ReadOnlyMemory<byte> file, long maxPixels, CancellationToken cancellation)
    {
        await TakeWorkerAsync(cancellation);
        try
        {
            return await Task.Run(() => Prepare(file.Span, maxPixels), cancellation);
        }
        finally
        {
            _workers.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _workers.Dispose();

    private async Task TakeWorkerAsync(CancellationToken cancellation)
    {
        if (Interlocked.Increment(ref _waiting) > options.Value.MaxQueueLength)
        {
            Interlocked.Decrement(ref _waiting);
            throw RequestException.Exhausted(RequestReason.QueueFull, $"{options.Value.MaxQueueLength} pictures wait to be decoded already. Try again later.");
        }

        metrics.QueueChanged("preprocess", 1);
        try
        {
            await _workers.WaitAsync(cancellation);
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
            metrics.QueueChanged("preprocess", -1);
        }
    }

    private PreparedImage Prepare(ReadOnlySpan<byte> file, long maxPixels)
    {
        long start = time.GetTimestamp();
        RgbImage image = ImageDecoder.Decode(file, ReadHeader(file));
        ImagePatches patches = ImagePreprocessor.Prepare(image, maxPixels);
        double seconds = time.GetElapsedTime(start).TotalSeconds;
        metrics.Preprocessed(seconds);
        return new PreparedImage(patches, image.Width, image.Height, seconds);
    }

    private ImageHeader ReadHeader(ReadOnlySpan<byte> file)
    {
        ImageHeader header = ImageHeader.Read(file);
        // Divided, not multiplied: sides of 32 bits each would overflow.
        if (header.Width > options.Value.MaxImagePixels / header.Height)
            throw RequestException.Invalid(RequestReason.ImageTooLarge, $"The picture has {header.Width} x {header.Height} pixels; at most {options.Value.MaxImagePixels} in all are accepted.");
        if (Math.Max(header.Width, header.Height) > SmartResize.MaxAspectRatio * Math.Min(header.Width, header.Height))
            throw RequestException.Invalid(RequestReason.ImageAspectRatio, $"The picture has {header.Width} x {header.Height} pixels: one side is more than {SmartResize.MaxAspectRatio} times the other.");
        return header;
    }
}
