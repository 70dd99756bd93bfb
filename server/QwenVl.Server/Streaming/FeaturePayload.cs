using QwenVl.Model.Features;
using QwenVl.Model.Vision;

namespace QwenVl.Server.Streaming;

/// <summary>A picture's features as bytes, each stripe encoded when it is first read: the first is under way before the last is encoded. For one caller at a time.</summary>
internal sealed class FeaturePayload(ImageFeatures features, FeatureEncoding encoding)
{
    private readonly byte[] _bytes = GC.AllocateUninitializedArray<byte>(checked((int)LayoutOf(features, encoding).TotalBytes));
    private int _encoded;

    /// <summary>Where everything is.</summary>
    public FeatureLayout Layout { get; } = LayoutOf(features, encoding);

    /// <summary>Bytes in all.</summary>
    public int Length => _bytes.Length;

    /// <summary>Bytes from an offset on, fewer at the end; they do not change any more.</summary>
    public ReadOnlyMemory<byte> Read(int offset, int atMost)
    {
        int length = Math.Min(atMost, Length - offset);
        for (; _encoded < Layout.Stripes && Layout.OffsetOf(_encoded) < offset + length; _encoded++)
            FeatureCodec.EncodeStripe(features, Layout, _encoded, _bytes.AsSpan((int)Layout.OffsetOf(_encoded), (int)Layout.BytesOf(_encoded)));
        return _bytes.AsMemory(offset, length);
    }

    private static FeatureLayout LayoutOf(ImageFeatures features, FeatureEncoding encoding) => new(encoding, features.Tokens, features.Width, features.TapCount);
}
