using Google.Protobuf;
using QwenVl.Model.Features;
using QwenVl.Protos.V1;
using QwenVl.Runtime.Errors;

namespace QwenVl.Server.Streaming;

/// <summary>A picture that comes in chunks, in order and without gaps.</summary>
internal sealed class ImageUpload(ImageStart start)
{
    private readonly byte[] _bytes = new byte[start.TotalBytes];
    private int _length;

    /// <summary>What was announced.</summary>
    public ImageStart Start { get; } = start;

    /// <summary>Whether all bytes have come.</summary>
    public bool IsComplete => _length == _bytes.Length;

    /// <summary>The file, once complete.</summary>
    public ReadOnlyMemory<byte> Bytes => _bytes;

    /// <summary>Takes a chunk in.</summary>
    /// <exception cref="RequestException">It is not the next one, or damaged.</exception>
    public void Add(ImageChunk chunk, int maxChunkBytes)
    {
        ByteString data = chunk.Data;
        if (data.Length == 0 || data.Length > maxChunkBytes)
            throw RequestException.Invalid(RequestReason.ChunkTooLarge, $"A chunk of picture {chunk.ImageId} has {data.Length} bytes; 1 to {maxChunkBytes} are accepted.");
        if (chunk.Offset != _length || data.Length > _bytes.Length - _length)
            throw RequestException.Invalid(RequestReason.ChunkOutOfOrder, $"A chunk of picture {chunk.ImageId} covers bytes {chunk.Offset} to {chunk.Offset + data.Length}; byte {_length} of {_bytes.Length} comes next.");
        if (Crc32C.Compute(data.Span) != chunk.Crc32C)
            throw RequestException.Invalid(RequestReason.ChunkChecksum, $"The chunk at byte {chunk.Offset} of picture {chunk.ImageId} does not match its CRC-32C.");
        data.Span.CopyTo(_bytes.AsSpan(_length));
        _length += data.Length;
    }
}
