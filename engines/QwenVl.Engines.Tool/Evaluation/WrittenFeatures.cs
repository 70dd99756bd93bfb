using System.Numerics.Tensors;
using QwenVl.Client.Images;
using QwenVl.Model.Execution;
using QwenVl.Model.Features;
using QwenVl.Model.Vision;

namespace QwenVl.Engines.Tool.Evaluation;

/// <summary>Features as a client gets them of a server: computed by the tower, written for the wire, and read again.</summary>
/// <param name="vision">The tower.</param>
/// <param name="fingerprint">Its checkpoint's.</param>
/// <param name="way">One of <see cref="FeatureWays.Names"/>.</param>
/// <param name="maxPixels">What the tower sees of a picture.</param>
internal sealed class WrittenFeatures(IVisionEncoder vision, string fingerprint, string way, long maxPixels)
{
    private readonly double[] _cosines = new double[1 + vision.TapCount];
    private double _least = 1;
    private long _tokens;
    private long _bytes;

    /// <summary>Computes, writes and reads a picture's features.</summary>
    public CloudFeatures Of(ClientImage image)
    {
        ImageFeatures computed = vision.Encode([ImagePreprocessor.Prepare(ImageDecoder.Decode(image, long.MaxValue), maxPixels)])[0], read = computed;
        long bytes = computed.SizeInBytes;
        if (FeatureWays.Encoding(way) is { } encoding)
        {
            byte[] written = FeatureCodec.Encode(computed, encoding);
            (read, bytes) = (FeatureCodec.Decode(written, encoding, computed.Grid, computed.Width, computed.TapCount), written.Length);
        }

        Compare(computed, read);
        (_tokens, _bytes) = (_tokens + computed.Tokens, _bytes + bytes);
        return new CloudFeatures(fingerprint, ImagePreprocessor.Version, image.Sha256, read);
    }

    /// <summary>What that did to all pictures so far.</summary>
    public FeatureScore Score() => new(way, (double)_bytes / _tokens, [.. _cosines.Select(sum => sum / _tokens)], _least);

    private void Compare(ImageFeatures computed, ImageFeatures read)
    {
        int width = computed.Width;
        for (int row = 0; row < computed.Values.Length / width; row++)
        {
            double cosine = TensorPrimitives.CosineSimilarity<float>(computed.Values.AsSpan(row * width, width), read.Values.AsSpan(row * width, width));
            _cosines[row / computed.Tokens] += cosine;
            _least = Math.Min(_least, cosine);
        }
    }
}
