using Google.Protobuf;
using QwenVl.Client.Images;
using QwenVl.Client.Routing;
using QwenVl.Model.Features;
using QwenVl.Protos.V1;

namespace QwenVl.Client.Transport;

/// <summary>
/// Sends each picture once on its stream, however many questions want it at the same time. Where the server takes no more of
/// them, the one that was wanted longest ago is forgotten. Safe for concurrent use.
/// </summary>
internal sealed class Uploads(ConverseSession session, QwenVlClientOptions options, NetworkMonitor network)
{
    private const int LargestChunk = 256 * 1024;

    private readonly Lock _gate = new();
    private readonly Dictionary<ClientImage, Entry> _sent = [];
    private uint _lastImage;
    private long _uses;

    /// <summary>What sending took.</summary>
    /// <param name="Bytes">Bytes of messages.</param>
    /// <param name="Saved">Bytes of the picture that the server had already.</param>
    /// <param name="Elapsed">From the announcement to the last chunk queued; null where none had to be.</param>
    public readonly record struct Sent(long Bytes, long Saved, TimeSpan? Elapsed);

    /// <summary>Sends a picture where this stream has not. Does not wait until the server has looked at it: a question may follow at once, and is where a bad picture is refused.</summary>
    /// <returns>The picture; the caller disposes it once a question about it is sent.</returns>
    /// <exception cref="QwenVlException">It is too large, or the stream ended.</exception>
    public async Task<HeldPicture> SendAsync(ClientImage image, CancellationToken cancellationToken)
    {
        (Entry entry, bool first) = Start(image);
        try
        {
            Sent cost = await entry.Sending.WaitAsync(cancellationToken).ConfigureAwait(false);
            return new HeldPicture(entry.Upload, first ? cost : null, () => Release(entry));
        }
        catch
        {
            Release(entry);
            throw;
        }
    }

    /// <summary>Whether a picture was announced on this stream.</summary>
    public bool HasSent(ClientImage image)
    {
        lock (_gate) return _sent.ContainsKey(image);
    }

    /// <summary>Whether no other picture is on its way.</summary>
    private bool IsAlone(ImageUpload upload)
    {
        lock (_gate) return _sent.Values.All(entry => entry.Upload == upload || entry.Upload.IsReady);
    }

    private (Entry Entry, bool First) Start(ClientImage image)
    {
        lock (_gate)
        {
            bool first = !_sent.TryGetValue(image, out Entry? entry);
            if (entry is null)
            {
                CheckSize(image);
                uint? forgotten = MakeRoom();
                var upload = new ImageUpload(++_lastImage, image);
                session.Register(upload);
                // One caller's cancellation must not take the picture from the others: the stream's end alone stops it.
                entry = new Entry(upload, TransferAsync(upload, forgotten));
                _sent.Add(image, entry);
            }

            entry.Holds++;
            entry.LastUse = ++_uses;
            return (entry, first);
        }
    }

    private void Release(Entry entry)
    {
        lock (_gate) entry.Holds--;
    }

    /// <summary>Forgets a picture where the server takes no more.</summary>
    /// <returns>Its number; null where there was room.</returns>
    private uint? MakeRoom()
    {
        int most = session.Limits.MaxImagesPerStream;
        if (most <= 0 || _sent.Count < most) return null;
        Entry oldest = _sent.Values.Where(entry => entry.Holds == 0 && entry.Sending.IsCompleted).MinBy(entry => entry.LastUse)
            ?? throw new QwenVlException(QwenVlErrorCode.LimitExceeded, $"All {_sent.Count} pictures that the server takes on a connection are being sent or asked about. Wait for one of them.");
        _sent.Remove(oldest.Upload.Image);
        session.Forget(oldest.Upload.Id);
        return oldest.Upload.Id;
    }

    /// <exception cref="QwenVlException">The server takes no picture of so many bytes.</exception>
    public void CheckSize(ClientImage image)
    {
        Limits limits = session.Limits;
        if (limits.MaxImageBytes > 0 && image.Bytes.Length > limits.MaxImageBytes)
            throw new QwenVlException(QwenVlErrorCode.ImageTooLarge, $"The picture has {image.Bytes.Length} bytes; the server takes {limits.MaxImageBytes}. Reduce it first.");
    }

    private async Task<Sent> TransferAsync(ImageUpload upload, uint? forgotten)
    {
        try
        {
            long before = forgotten is { } id ? await session.SendAsync(new ClientMessage { ImageForget = new ImageForget { ImageId = id } }, CancellationToken.None).ConfigureAwait(false) : 0;
            return await SendPartsAsync(upload, before).ConfigureAwait(false);
        }
        catch (QwenVlException)
        {
            // The next question tries again, under a new number.
            lock (_gate) _sent.Remove(upload.Image);
            throw;
        }
    }

    private async Task<Sent> SendPartsAsync(ImageUpload upload, long before)
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
        long bytes = before + await session.SendAsync(new ClientMessage { ImageStart = start }, CancellationToken.None).ConfigureAwait(false);
        long announced = options.TimeProvider.GetTimestamp();
        bool isAlone = IsAlone(upload);
        long? from = await AnswerAsync(upload).ConfigureAwait(false);
        // Behind another picture it waited for that one's bytes, which is no round trip.
        if (isAlone) network.Answered(options.TimeProvider.GetElapsedTime(announced));
        int most = session.Limits.MaxUploadChunkBytes is > 0 and < LargestChunk and int limit ? limit : LargestChunk;
        long first = from ?? image.Bytes.Length;
        long begun = options.TimeProvider.GetTimestamp();
        // Queued is not sent: only the server's word that it has all of it says how long that took.
        upload.Confirmed = () => network.Sent(image.Bytes.Length - first, options.TimeProvider.GetElapsedTime(begun));
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

    private sealed class Entry(ImageUpload upload, Task<Sent> sending)
    {
        public ImageUpload Upload => upload;

        public Task<Sent> Sending => sending;

        /// <summary>Callers that have not sent their question yet.</summary>
        public int Holds { get; set; }

        public long LastUse { get; set; }
    }
}
