using QwenVl.Model.Features;
using QwenVl.Model.Vision;
using QwenVl.Protos.V1;

namespace QwenVl.Client.Handoff;

/// <summary>
/// Puts a picture's features together from their chunks. Nothing is reserved before the header has been found to be what
/// was asked for, so a server cannot make a client reserve more than its own configuration implies.
/// </summary>
internal sealed class FeatureAssembler
{
    private readonly FeatureHeader _header;
    private readonly FeatureEncoding _encoding;
    private readonly byte[] _bytes;
    private int _received;

    /// <exception cref="QwenVlException">The header is not what was asked for.</exception>
    public FeatureAssembler(FeatureHeader header, FeatureExpectation expected)
    {
        FeatureHeaderCheck.Require(header, expected);
        (_header, _encoding) = (header, expected.Encoding);
        _bytes = new byte[header.TotalBytes];
    }

    /// <summary>Whether every byte has come.</summary>
    public bool IsComplete => _received == _bytes.Length;

    /// <summary>Takes the next chunk.</summary>
    /// <exception cref="QwenVlException">It is of another picture, not the next one, too long, or damaged.</exception>
    public void Append(FeatureChunk chunk)
    {
        ReadOnlySpan<byte> data = chunk.Data.Span;
        if (chunk.ImageId != _header.ImageId) throw Violation($"a feature chunk of picture {chunk.ImageId} within picture {_header.ImageId}");
        if (chunk.Offset != _received) throw Violation($"a feature chunk at byte {chunk.Offset} where {_received} was next");
        if (data.Length > _bytes.Length - _received) throw Violation($"feature chunks of more than {_bytes.Length} bytes");
        if (data.IsEmpty) throw Violation("an empty feature chunk");
        if (Crc32C.Compute(data) != chunk.Crc32C) throw Violation($"a feature chunk at byte {chunk.Offset} with a wrong checksum");
        data.CopyTo(_bytes.AsSpan(_received));
        _received += data.Length;
    }

    /// <summary>Decodes the rows; all bytes must have come.</summary>
    public ImageFeatures Decode() =>
        FeatureCodec.Decode(_bytes, _encoding, new ImageGrid(_header.GridHeight, _header.GridWidth), _header.Width, _header.Taps.Count);

    private static QwenVlException Violation(string what) =>
        new(QwenVlErrorCode.ProtocolViolation, $"The server sent {what}. Ask again; if it happens again, client and server are of different versions.");
}
