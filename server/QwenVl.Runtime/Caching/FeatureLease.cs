using QwenVl.Model.Vision;
using QwenVl.Runtime.Encoding;

namespace QwenVl.Runtime.Caching;

/// <summary>A reader's hold on features: give it back when they are no longer read.</summary>
/// <param name="result">The features and what they cost.</param>
/// <param name="held">The hold; owned.</param>
public sealed class FeatureLease(EncodeResult result, CacheLease<ImageFeatures> held) : IDisposable
{
    /// <summary>The features and what they cost.</summary>
    public EncodeResult Result { get; } = result;

    /// <summary>Gives the hold back.</summary>
    public void Dispose() => held.Dispose();

    internal FeatureLease Share() => new(Result, held.Share());

    internal CacheLease<ImageFeatures> ShareFeatures() => held.Share();
}
