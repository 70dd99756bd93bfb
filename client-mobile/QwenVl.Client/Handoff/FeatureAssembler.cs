using System.Security.Cryptography;
using QwenVl.Model.Features;
using QwenVl.Model.Vision;
using QwenVl.Protos.V1;

namespace QwenVl.Client.Handoff;

/// <summary>
/// Puts a picture's features together from their chunks, on as many streams as it takes: what came before one broke is kept,
/// and the server goes on after it where it would send the same bytes. Nothing is reserved before the header has been found to
/// be what was asked for, so a server cannot make a client reserve more than its own configuration implies. Written by one
/// stream's reader at a time; any thread may look.
/// </summary>
internal sealed class FeatureAssembler(FeatureExpectation expected)
{
    private FeatureHeader? _header;
    private byte[] _bytes = [];
    private volatile int _received;
    private volatile ImageFeatures? _features;

    /// <summary>Bytes that have come.</summary>
    public int Received => _received;

    /// <summary>All features, once they have come.</summary>
    public ImageFeatures? Features => _features;

    /// <summary>SHA-256 of the bytes that have come, by which a server knows what it need not send again.</summary>
    public byte[] Sha256() => SHA256.HashData(_bytes.AsSpan(0, _received));

    /// <summary>Takes the header of the chunks that follow.</summary>
    /// <exception cref="QwenVlException">It is not what was asked for, or goes on after other bytes than have come.</exception>
    public void Begin(FeatureHeader header)
    {
        FeatureHeaderCheck.Require(header, expected);
        bool goesOn = header.FirstOffset > 0;
        if (goesOn && (header.FirstOffset != _received || header.TotalBytes != _bytes.Length || header.GridHeight != _header?.GridHeight))
            throw Violation($"features from byte {header.FirstOffset} where {_received} of {_bytes.Length} had come");
        if (!goesOn && _received > 0) _received = 0;
        if (_bytes.Length != header.TotalBytes) _bytes = new byte[header.TotalBytes];
        _header = header;
    }

    /// <summary>Takes the next chunk.</summary>
    /// <exception cref="QwenVlException">It is of another picture, not the next one, too long, or damaged.</exception>
    public void Append(FeatureChunk chunk)
    {
        ReadOnlySpan<byte> data = chunk.Data.Span;
        if (chunk.ImageId != _header!.ImageId) throw Violation($"a feature chunk of picture {chunk.ImageId} within picture {_header.ImageId}");
        if (_features is not null) throw Violation($"feature chunks of more than {_header.TotalBytes} bytes");
        if (chunk.Offset != _received) throw Violation($"a feature chunk at byte {chunk.Offset} where {_received} was next");
        if (data.Length > _bytes.Length - _received) throw Violation($"feature chunks of more than {_bytes.Length} bytes");
        if (data.IsEmpty) throw Violation("an empty feature chunk");
        if (Crc32C.Compute(data) != chunk.Crc32C) throw Violation($"a feature chunk at byte {chunk.Offset} with a wrong checksum");
        data.CopyTo(_bytes.AsSpan(_received));
        _received += data.Length;
        if (_received == _bytes.Length) Complete();
    }

    private void Complete()
    {
        _features = FeatureCodec.Decode(_bytes, expected.Encoding, new ImageGrid(_header!.GridHeight, _header.GridWidth), _header.Width, _header.Taps.Count);
        _bytes = [];
    }

    private static QwenVlException Violation(string what) =>
        new(QwenVlErrorCode.ProtocolViolation, $"The server sent {what}. Ask again; if it happens again, client and server are of different versions.");
}
