using QwenVl.Model.Vision;
using QwenVl.Runtime.Tenancy;

namespace QwenVl.Runtime.Caching;

/// <summary>
/// What makes two feature tensors the same. MD5 finds a picture; the key decides by SHA-256 and length. The type that
/// features are sent in is not part of it: what is kept are the tower's own numbers, and each client's type is made of them.
/// </summary>
/// <param name="Tenant">Whose picture it is.</param>
/// <param name="Tower">The checkpoint's fingerprint.</param>
/// <param name="Engine">What computes, and in which types: two engines of one checkpoint round differently.</param>
/// <param name="Preprocessing">The preprocessing recipe's version, and what decodes.</param>
/// <param name="Sha256">Lower-case hexadecimal, of the encoded file.</param>
/// <param name="Length">Bytes of the encoded file.</param>
/// <param name="Grid">The grid it was resized to.</param>
public sealed record FeatureKey(Tenant Tenant, string Tower, string Engine, string Preprocessing, string Sha256, long Length, ImageGrid Grid) : ITenantKey;
