using QwenVl.Model.Vision;

namespace QwenVl.Runtime.Caching;

/// <summary>What makes two feature tensors the same. MD5 finds a picture; the key decides by SHA-256 and length.</summary>
/// <param name="Tower">The checkpoint's fingerprint.</param>
/// <param name="Preprocessing">The preprocessing recipe's version.</param>
/// <param name="Sha256">Lower-case hexadecimal, of the encoded file.</param>
/// <param name="Length">Bytes of the encoded file.</param>
/// <param name="Grid">The grid it was resized to.</param>
public sealed record FeatureKey(string Tower, string Preprocessing, string Sha256, long Length, ImageGrid Grid);
