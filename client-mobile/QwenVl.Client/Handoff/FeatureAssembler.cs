using QwenVl.Model.Execution;
using QwenVl.Model.Features;
using QwenVl.Model.Vision;
using QwenVl.Protos.V1;

namespace QwenVl.Client.Handoff;

/// <summary>
/// Puts a picture's features together from their chunks, each stripe of rows as soon as it is whole. Nothing is reserved
/// before the header has been found to be what was asked for, so a server cannot make a client reserve more than its own
/// configuration implies.
/// </summary>
internal sealed class FeatureAssembler
{
    // Row 0 of every plane stands for "no picture here".
    private const int FirstRow = 1;

    private readonly FeatureHeader _header;
    private readonly FeatureLayout _layout;
    private readonly byte[] _bytes;
    private int _received;
    private int _stripes;

    /// <exception cref="QwenVlException">The header is not what was asked for.</exception>
    public FeatureAssembler(FeatureHeader header, FeatureExpectation expected)
    {
        _layout = FeatureHeaderCheck.Require(header, expected);
        _header = header;
        _bytes = new byte[header.TotalBytes];
        Features = new ArrivingFeatures(new ImageGrid(header.GridHeight, header.GridWidth), VisualRows.Empty(_layout.Tokens, _layout.Width, _layout.Taps));
    }

    /// <summary>The rows so far.</summary>
    public ArrivingFeatures Features { get; }

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
        Decode();
    }

    private void Decode()
    {
        int whole = _layout.WholeStripes(_received), rows = 0;
        for (; _stripes < whole; _stripes++)
        {
            ReadOnlySpan<byte> stripe = _bytes.AsSpan((int)_layout.OffsetOf(_stripes), (int)_layout.BytesOf(_stripes));
            FeatureCodec.DecodeStripe(stripe, _layout, _stripes, Features.Rows.Values, FirstRow, FirstRow + _layout.Tokens);
            rows += _layout.RowsOf(_stripes);
        }

        if (rows > 0) Features.Add(rows);
    }

    private static QwenVlException Violation(string what) =>
        new(QwenVlErrorCode.ProtocolViolation, $"The server sent {what}. Ask again; if it happens again, client and server are of different versions.");
}
