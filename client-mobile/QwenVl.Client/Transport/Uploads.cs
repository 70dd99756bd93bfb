using Google.Protobuf;
using QwenVl.Client.Images;
using QwenVl.Model.Features;
using QwenVl.Protos.V1;

namespace QwenVl.Client.Transport;

/// <summary>Sends each picture once on its stream, however many questions want it at the same time. Safe for concurrent use.</summary>
internal sealed class Uploads(ConverseSession session, QwenVlClientOptions options)
{
    private const int LargestChunk = 256 * 1024;

    private readonly Lock _gate = new();
    private readonly Dictionary<ClientImage, (ImageUpload Upload, Task<Sent> Sending)> _sent = [];
    private uint _lastImage;

    /// <summary>What sending took.</summary>
    /// <param name="Bytes">Bytes of messages.</param>
    /// <param name="Saved">Bytes of the picture that the server had already.</param>
    /// <param name="Elapsed">From the announcement to the last chunk queued; null where none had to be.</param>
    public readonly record struct Sent(long Bytes, long Saved, TimeSpan? Elapsed);

    /// <summary>Sends a picture where this stream has not. Does not wait until the server has looked at it: a question may follow at once, and is where a bad picture is refused.</summary>
    /// <returns>Its number in the stream, and what sending took where this call did it.</returns>
    /// <exception cref="QwenVlException">It is too large, or the stream ended.</exception>
    public async Task<(uint Id, Sent? Cost)> SendAsync(ClientImage image, CancellationToken cancellationToken)
    {
        (ImageUpload upload, Task<Sent> sending, bool first) = Start(image);
        Sent cost = await sending.WaitAsync(cancellationToken).ConfigureAwait(false);
        return (upload.Id, first ? cost : null);
    }

    private (ImageUpload Upload, Task<Sent> Sending, bool First) Start(ClientImage image)
    {
        lock (_gate)
        {
            if (_sent.TryGetValue(image, out (ImageUpload Upload, Task<Sent> Sending) known)) return (known.Upload, known.Sending, false);
            CheckLimits(image);
            var upload = new ImageUpload(++_lastImage, image);
            session.Register(upload);
            // One caller's cancellation must not take the picture from the others: the stream's end alone stops it.
            Task<Sent> sending = TransferAsync(upload);
            _sent.Add(image, (upload, sending));
            return (upload, sending, true);
        }
    }

    private void CheckLimits(ClientImage image)
    {
        Limits limits = session.Limits;
        if (limits.MaxImageBytes > 0 && image.Bytes.Length > limits.MaxImageBytes)
            throw new QwenVlException(QwenVlErrorCode.ImageTooLarge, $"The picture has {image.Bytes.Length} bytes; the server takes {limits.MaxImageBytes}. Reduce it first.");
        if (limits.MaxImagesPerStream > 0 && _sent.Count >= limits.MaxImagesPerStream)
            throw new QwenVlException(QwenVlErrorCode.LimitExceeded, $"This connection has sent {_sent.Count} pictures, as many as the server takes. Call ConnectAsync again.");
    }

    private async Task<Sent> TransferAsync(ImageUpload upload)
    {
        try
        {
            return await SendPartsAsync(upload).ConfigureAwait(false);
        }
        catch (QwenVlException)
        {
            // The next question tries again, under a new number.
            lock (_gate) _sent.Remove(upload.Image);
            throw;
        }
    }

    private async Task<Sent> SendPartsAsync(ImageUpload upload)
    {
        long started = options.TimeProvider.GetTimestamp();
        ClientImage image = upload.Image;
        var start = new ImageStart
        {
            ImageId = upload.Id,
            TotalBytes = image.Bytes.Length,
            Md5 = UnsafeByteOperations.UnsafeWrap(image.Md5),
            Sha256 = UnsafeByteOperations.UnsafeWrap(image.Sha256),
        };
        long bytes = await session.SendAsync(new ClientMessage { ImageStart = start }, CancellationToken.None).ConfigureAwait(false);
        long? from = await AnswerAsync(upload).ConfigureAwait(false);
        int most = session.Limits.MaxUploadChunkBytes is > 0 and < LargestChunk and int limit ? limit : LargestChunk;
        long first = from ?? image.Bytes.Length;
        for (long offset = first; offset < image.Bytes.Length; offset += most)
        {
            ReadOnlyMemory<byte> data = image.Bytes.Slice((int)offset, (int)Math.Min(most, image.Bytes.Length - offset));
            var chunk = new ImageChunk { ImageId = upload.Id, Offset = offset, Data = UnsafeByteOperations.UnsafeWrap(data), Crc32C = Crc32C.Compute(data.Span) };
            bytes += await session.SendAsync(new ClientMessage { ImageChunk = chunk }, CancellationToken.None).ConfigureAwait(false);
        }

        return new Sent(bytes, first, from is null ? null : options.TimeProvider.GetElapsedTime(started));
    }

    private async Task<long?> AnswerAsync(ImageUpload upload)
    {
        try
        {
            return await upload.Answered.WaitAsync(options.UploadTimeout, options.TimeProvider).ConfigureAwait(false);
        }
        catch (TimeoutException error)
        {
            throw new QwenVlException(QwenVlErrorCode.Timeout, $"The server did not say within {options.UploadTimeout.TotalSeconds:0.#} s whether it needs the picture. Try again, or raise UploadTimeout.", error);
        }
    }
}
