namespace QwenVl.Model.Features;

/// <summary>
/// Where the rows of a picture are in its payload: in stripes of rows, the last of which may be shorter. A stripe holds
/// its main rows, then the same rows of each tap, so that a decoder, which needs the taps in its first layers, can take
/// a stripe in while those after it are under way. Every row, and so every stripe of equal rows, takes the same bytes.
/// </summary>
public sealed record FeatureLayout
{
    /// <summary>The version of this layout on the wire.</summary>
    public const uint Version = 2;

    /// <summary>Rows of a stripe where nothing else is asked for: enough to keep a decoder's matrix products busy, few enough to begin soon.</summary>
    public const int DefaultStripeRows = 32;

    /// <param name="encoding">How numbers are written.</param>
    /// <param name="tokens">Rows a plane: the picture's visual tokens, at least 1.</param>
    /// <param name="width">Numbers a row, at least 1.</param>
    /// <param name="taps">Taps, at least 0.</param>
    /// <param name="stripeRows">Rows a stripe, at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of range, or the encoding unknown.</exception>
    public FeatureLayout(FeatureEncoding encoding, int tokens, int width, int taps, int stripeRows = DefaultStripeRows)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(tokens, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(taps);
        ArgumentOutOfRangeException.ThrowIfLessThan(stripeRows, 1);
        (Encoding, Tokens, Width, Taps, StripeRows) = (encoding, tokens, width, taps, Math.Min(stripeRows, tokens));
        RowBytes = encoding switch
        {
            FeatureEncoding.Float16 => 2L * width,
            FeatureEncoding.Int8Row => Int8Rows.RowBytes(width),
            FeatureEncoding.Int4Group => Int4Groups.RowBytes(width),
            _ => throw new ArgumentOutOfRangeException(nameof(encoding), encoding, "Not a feature encoding."),
        };
    }

    /// <summary>How numbers are written.</summary>
    public FeatureEncoding Encoding { get; }

    /// <summary>Rows a plane.</summary>
    public int Tokens { get; }

    /// <summary>Numbers a row.</summary>
    public int Width { get; }

    /// <summary>Taps.</summary>
    public int Taps { get; }

    /// <summary>Rows of every stripe but the last.</summary>
    public int StripeRows { get; }

    /// <summary>Bytes of one row of one plane.</summary>
    public long RowBytes { get; }

    /// <summary>Bytes of one visual token: its main row and its taps.</summary>
    public long TokenBytes => (1 + Taps) * RowBytes;

    /// <summary>Bytes of all planes.</summary>
    public long TotalBytes => Tokens * TokenBytes;

    /// <summary>Number of stripes.</summary>
    public int Stripes => (Tokens + StripeRows - 1) / StripeRows;

    /// <summary>The first row of a stripe.</summary>
    public int FirstRow(int stripe) => stripe * StripeRows;

    /// <summary>Rows of a stripe.</summary>
    public int RowsOf(int stripe) => Math.Min(StripeRows, Tokens - FirstRow(stripe));

    /// <summary>Where a stripe begins.</summary>
    public long OffsetOf(int stripe) => FirstRow(stripe) * TokenBytes;

    /// <summary>Bytes of a stripe.</summary>
    public long BytesOf(int stripe) => RowsOf(stripe) * TokenBytes;

    /// <summary>How many stripes are whole within the first bytes of a payload.</summary>
    public int WholeStripes(long bytes) => bytes >= TotalBytes ? Stripes : (int)(bytes / (StripeRows * TokenBytes));
}
