using System.Security.Cryptography;
using QwenVl.Model.Execution;
using QwenVl.Model.Features;
using QwenVl.Model.Vision;
using QwenVl.Protos.V1;

namespace QwenVl.Client.Handoff;

/// <summary>
/// Puts a picture's features together from their chunks, each stripe of rows as soon as it is whole, on as many streams as it
/// takes: what came before one broke is kept, and the server goes on after it where it would send the same bytes. Nothing is
/// reserved before the header has been found to be what was asked for, so a server cannot make a client reserve more than its
/// own configuration implies. Written by one stream's reader at a time; any thread may look.
/// </summary>
internal sealed class FeatureAssembler(FeatureExpectation expected)
{
    // Row 0 of every plane stands for "no picture here".
    private const int FirstRow = 1;

    private FeatureHeader? _header;
    private FeatureLayout? _layout;
    private byte[] _bytes = [];
    private volatile int _received;
    private volatile ArrivingFeatures? _features;
    private int _stripes;

    /// <summary>Bytes that have come.</summary>
    public int Received => _received;

    /// <summary>The rows so far; others where a server began anew. Null before the first header.</summary>
    public ArrivingFeatures? Features => _features;

    /// <summary>Whether all rows have come.</summary>
    public bool IsComplete => _features is { IsComplete: true };

    /// <summary>SHA-256 of the bytes that have come, by which a server knows what it need not send again.</summary>
    public byte[] Sha256() => SHA256.HashData(_bytes.AsSpan(0, _received));

    /// <summary>Takes the header of the chunks that follow.</summary>
    /// <exception cref="QwenVlException">It is not what was asked for, or goes on after other bytes than have come.</exception>
    public void Begin(FeatureHeader header)
    {
        FeatureLayout layout = FeatureHeaderCheck.Require(header, expected);
        if (header.FirstOffset > 0) GoOn(header, layout);
        else Restart(header, layout);
        (_header, _layout) = (header, layout);
    }

    /// <summary>Takes the next chunk.</summary>
    /// <exception cref="QwenVlException">It is of another picture, not the next one, too long, or damaged.</exception>
    public void Append(FeatureChunk chunk)
    {
        ReadOnlySpan<byte> data = chunk.Data.Span;
        if (chunk.ImageId != _header!.ImageId) throw Violation($"a feature chunk of picture {chunk.ImageId} within picture {_header.ImageId}");
        if (IsComplete) throw Violation($"feature chunks of more than {_header.TotalBytes} bytes");
        if (chunk.Offset != _received) throw Violation($"a feature chunk at byte {chunk.Offset} where {_received} was next");
        if (data.Length > _bytes.Length - _received) throw Violation($"feature chunks of more than {_bytes.Length} bytes");
        if (data.IsEmpty) throw Violation("an empty feature chunk");
        if (Crc32C.Compute(data) != chunk.Crc32C) throw Violation($"a feature chunk at byte {chunk.Offset} with a wrong checksum");
        data.CopyTo(_bytes.AsSpan(_received));
        _received += data.Length;
        Decode();
    }

    private void GoOn(FeatureHeader header, FeatureLayout layout)
    {
        if (header.FirstOffset != _received || layout != _layout || header.GridHeight != _header?.GridHeight)
            throw Violation($"features from byte {header.FirstOffset} where {_received} of {_bytes.Length} had come");
    }

    /// <summary>Rows that somebody may be reading are left as they are.</summary>
    private void Restart(FeatureHeader header, FeatureLayout layout)
    {
        (_bytes, _received, _stripes) = (new byte[header.TotalBytes], 0, 0);
        _features = new ArrivingFeatures(new ImageGrid(header.GridHeight, header.GridWidth), VisualRows.Empty(layout.Tokens, layout.Width, layout.Taps));
    }

    private void Decode()
    {
        (FeatureLayout layout, ArrivingFeatures features) = (_layout!, _features!);
        int whole = layout.WholeStripes(_received), rows = 0;
        for (; _stripes < whole; _stripes++)
        {
            ReadOnlySpan<byte> stripe = _bytes.AsSpan((int)layout.OffsetOf(_stripes), (int)layout.BytesOf(_stripes));
            FeatureCodec.DecodeStripe(stripe, layout, _stripes, features.Rows.Values, FirstRow, FirstRow + layout.Tokens);
            rows += layout.RowsOf(_stripes);
        }

        if (rows > 0) features.Add(rows);
    }

    private static QwenVlException Violation(string what) =>
        new(QwenVlErrorCode.ProtocolViolation, $"The server sent {what}. Ask again; if it happens again, client and server are of different versions.");
}
