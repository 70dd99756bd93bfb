using QwenVl.Model.Features;
using QwenVl.Model.Vision;
using QwenVl.Protos.V1;

namespace QwenVl.Client.Handoff;

/// <summary>Compares a feature header with what was asked for: features that differ are refused, never reshaped.</summary>
internal static class FeatureHeaderCheck
{
    /// <returns>Where their rows are in the payload.</returns>
    /// <exception cref="QwenVlException">Something differs; the message says what.</exception>
    public static FeatureLayout Require(FeatureHeader header, FeatureExpectation expected)
    {
        if (header.ProtocolVersion != FeatureLayout.Version)
            throw new QwenVlException(QwenVlErrorCode.VersionMismatch, $"Features in layout version {header.ProtocolVersion}; this client reads {FeatureLayout.Version}: update the older of the two.");
        if (header.CheckpointFingerprint != expected.CheckpointFingerprint)
        {
            throw new QwenVlException(QwenVlErrorCode.FeaturesMismatch,
                $"Features of checkpoint {header.CheckpointFingerprint}; the device decodes with {expected.CheckpointFingerprint}. Start the server with --client-model-path of the device's checkpoint.");
        }

        if (header.PreprocessingVersion != ImagePreprocessor.Version) throw Mismatch($"preprocessing {header.PreprocessingVersion}", ImagePreprocessor.Version);
        if (!header.ImageSha256.Span.SequenceEqual(expected.Image.Sha256.Span) || header.ImageBytes != expected.Image.Bytes.Length) throw Mismatch("another picture", "the one asked about");
        if (header.Width != expected.Width) throw Mismatch($"rows of {header.Width} numbers", $"{expected.Width}");
        if (!header.Taps.SequenceEqual(expected.Taps)) throw Mismatch($"taps [{string.Join(", ", header.Taps)}]", $"[{string.Join(", ", expected.Taps)}]");
        if ((int)header.Type != (int)expected.Encoding) throw Mismatch($"type {header.Type}", $"{expected.Encoding}");
        return RequireSize(header, expected);
    }

    private static FeatureLayout RequireSize(FeatureHeader header, FeatureExpectation expected)
    {
        var grid = new ImageGrid(header.GridHeight, header.GridWidth);
        // The grid follows from the picture's size and one of the two budgets: anything else is a mistake or a lie.
        if (!Fits(header, SmartResize.Pixels512, grid) && !Fits(header, SmartResize.Pixels1024, grid))
            throw Mismatch($"a grid of {grid} for {header.OriginalWidth} x {header.OriginalHeight} pixels", "the grid of the 512 or the 1024 resolution");
        if (header.Tokens != grid.Tokens) throw Mismatch($"{header.Tokens} tokens for a grid of {grid}", $"{grid.Tokens}");
        if (header.StripeRows < 1) throw Mismatch($"stripes of {header.StripeRows} rows", "at least one row");
        var layout = new FeatureLayout(expected.Encoding, grid.Tokens, expected.Width, expected.Taps.Count, header.StripeRows);
        if (header.TotalBytes != layout.TotalBytes || layout.TotalBytes > Array.MaxLength) throw Mismatch($"{header.TotalBytes} bytes", $"{layout.TotalBytes}");
        return layout;
    }

    private static bool Fits(FeatureHeader header, long budget, ImageGrid grid)
    {
        try
        {
            return SmartResize.Fit(header.OriginalHeight, header.OriginalWidth, SmartResize.DefaultMinPixels, budget) == grid;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    private static QwenVlException Mismatch(string got, string wanted) =>
        new(QwenVlErrorCode.FeaturesMismatch, $"The server sent features with {got} where {wanted} was expected: client and server prepare pictures differently.");
}
