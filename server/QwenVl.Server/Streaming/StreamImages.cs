using Microsoft.Extensions.Options;
using QwenVl.Protos.V1;
using QwenVl.Runtime.Caching;
using QwenVl.Runtime.Configuration;
using QwenVl.Runtime.Encoding;
using QwenVl.Runtime.Errors;
using QwenVl.Runtime.Preprocessing;
using QwenVl.Runtime.Queueing;
using QwenVl.Runtime.Tenancy;
using QwenVl.Server.Admission;
using QwenVl.Server.Telemetry;

namespace QwenVl.Server.Streaming;

/// <summary>The pictures of one stream: announced, being uploaded, ready, or refused. Used by the stream's reader alone.</summary>
internal sealed class StreamImages(FeaturePipeline features, IOptions<RuntimeOptions> options, AdmissionControl admission, ServerMetrics metrics, Tenant tenant) : IDisposable
{
    /// <summary>The most bytes of a chunk, either way.</summary>
    public const int MaxChunkBytes = 256 * 1024;

    private readonly Dictionary<uint, EncodedImage> _ready = [];
    private readonly Dictionary<uint, RequestException> _refused = [];
    private readonly Dictionary<uint, ImageUpload> _uploads = [];
    private readonly Dictionary<uint, Lease> _held = [];
    private readonly Dictionary<uint, CacheLease<EncodedImage>> _cached = [];

    /// <summary>Announces a picture.</summary>
    /// <returns>That it is needed, or that the stream holds it already, or that the tenant uploaded it before.</returns>
    /// <exception cref="RequestException">The announcement is malformed or over a limit.</exception>
    public ServerMessage Start(ImageStart start)
    {
        Check(start);
        EncodedImage? known = _ready.Values.FirstOrDefault(image => image.Md5.Span.SequenceEqual(start.Md5.Span)
            && image.Sha256.Span.SequenceEqual(start.Sha256.Span) && image.Bytes.Length == start.TotalBytes);
        if (known is not null) return Known(start, known);
        // A picture counts once for each stream that uses it, wherever it came from: the cache may drop it at any time.
        _held[start.ImageId] = admission.HoldImage(tenant, start.TotalBytes);
        if (features.Images.TryRead(new ImageKey(tenant, start.Md5.Span, start.Sha256.Span, start.TotalBytes)) is { } cached)
        {
            _cached[start.ImageId] = cached;
            return Known(start, cached.Value);
        }

        _uploads[start.ImageId] = new ImageUpload(start);
        return new ServerMessage { ImageNeeded = new ImageNeeded { ImageId = start.ImageId, Offset = 0 } };
    }

    /// <summary>Takes a chunk in.</summary>
    /// <returns>That the picture is ready, when this was its last chunk and it is accepted.</returns>
    /// <exception cref="RequestException">The chunk does not fit; the whole stream is unusable.</exception>
    public ServerMessage? Add(ImageChunk chunk)
    {
        if (!_uploads.TryGetValue(chunk.ImageId, out ImageUpload? upload))
            throw RequestException.Invalid(RequestReason.ImageUnknown, $"A chunk came for picture {chunk.ImageId}, which is not being uploaded.");
        upload.Add(chunk, MaxChunkBytes);
        metrics.Received("image", chunk.Data.Length);
        if (!upload.IsComplete) return null;

        _uploads.Remove(chunk.ImageId);
        try
        {
            EncodedImage image = EncodedImage.Create(upload.Bytes, features.Preparation);
            if (!image.Sha256.Span.SequenceEqual(upload.Start.Sha256.Span) || !image.Md5.Span.SequenceEqual(upload.Start.Md5.Span))
                throw RequestException.Invalid(RequestReason.ImageDigest, $"Picture {chunk.ImageId} does not have the MD5 and SHA-256 that were announced.");
            CacheLease<EncodedImage> cached = features.Images.Add(tenant, image);
            _cached[chunk.ImageId] = cached;
            // Another stream may have brought the same picture meanwhile: one copy of its bytes is enough.
            image = _ready[chunk.ImageId] = cached.Value;
            return new ServerMessage { ImageReady = new ImageReady { ImageId = chunk.ImageId, Width = image.Width, Height = image.Height } };
        }
        catch (RequestException refused)
        {
            // A bad picture spoils the questions about it, not the stream.
            _refused[chunk.ImageId] = refused;
            _held[chunk.ImageId].Dispose();
            return null;
        }
    }

    /// <summary>Lets a picture go; questions that were asked about it before keep it.</summary>
    /// <exception cref="RequestException">It was not announced, or was forgotten before.</exception>
    public void Forget(uint id)
    {
        if (!(_ready.Remove(id) | _uploads.Remove(id) | _refused.Remove(id)))
            throw RequestException.Invalid(RequestReason.ImageUnknown, $"Picture {id} cannot be forgotten: it was not announced on this stream.");
        if (_held.Remove(id, out Lease? held)) held.Dispose();
        if (_cached.Remove(id, out CacheLease<EncodedImage>? cached)) cached.Dispose();
    }

    /// <summary>A picture to ask about.</summary>
    /// <exception cref="RequestException">It is unknown, incomplete or refused.</exception>
    public EncodedImage Get(uint id)
    {
        if (_ready.TryGetValue(id, out EncodedImage? image)) return image;
        if (_refused.TryGetValue(id, out RequestException? refused)) throw refused;
        throw _uploads.ContainsKey(id)
            ? RequestException.Precondition(RequestReason.ImageNotReady, $"Picture {id} has not been uploaded completely.")
            : RequestException.Invalid(RequestReason.ImageUnknown, $"Picture {id} was not announced on this stream.");
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (Lease lease in _held.Values) lease.Dispose();
        foreach (CacheLease<EncodedImage> cached in _cached.Values) cached.Dispose();
    }

    private ServerMessage Known(ImageStart start, EncodedImage image)
    {
        _ready[start.ImageId] = image;
        metrics.UploadSkipped(start.TotalBytes);
        return new ServerMessage { ImageReady = new ImageReady { ImageId = start.ImageId, Width = image.Width, Height = image.Height, WasKnown = true } };
    }

    private void Check(ImageStart start)
    {
        int most = options.Value.MaxImageBytes;
        if (start.TotalBytes < 1 || start.TotalBytes > most)
            throw RequestException.Invalid(RequestReason.ImageTooLarge, $"Picture {start.ImageId} has {start.TotalBytes} bytes; 1 to {most} are accepted.");
        if (start.Md5.Length != ImageKey.Md5Bytes || start.Sha256.Length != ImageKey.Sha256Bytes)
            throw RequestException.Invalid(RequestReason.BadRequest, $"Picture {start.ImageId} was announced with an MD5 of {start.Md5.Length} and a SHA-256 of {start.Sha256.Length} bytes; {ImageKey.Md5Bytes} and {ImageKey.Sha256Bytes} are needed.");
        if (_ready.ContainsKey(start.ImageId) || _uploads.ContainsKey(start.ImageId) || _refused.ContainsKey(start.ImageId))
            throw RequestException.Invalid(RequestReason.BadRequest, $"Picture {start.ImageId} was announced before on this stream.");
        if (_ready.Count + _uploads.Count + _refused.Count >= options.Value.MaxImagesPerStream)
            throw RequestException.Exhausted(RequestReason.ImageLimit, $"A stream holds at most {options.Value.MaxImagesPerStream} pictures. Forget one of them, or open another stream.");
    }
}
