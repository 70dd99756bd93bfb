using QwenVl.Model.Features;

namespace QwenVl.Engines.Tool.Evaluation;

/// <summary>The ways in which an evaluation can write a picture's features, by name.</summary>
internal static class FeatureWays
{
    /// <summary>As the tower computed them.</summary>
    public const string Float32 = "float32";

    private static readonly Dictionary<string, FeatureEncoding> Encodings = new()
    {
        ["float16"] = FeatureEncoding.Float16,
        ["int8"] = FeatureEncoding.Int8Row,
        ["int4"] = FeatureEncoding.Int4Group,
    };

    /// <summary>All names.</summary>
    public static IEnumerable<string> Names => [Float32, .. Encodings.Keys];

    /// <summary>The encoding of a name; null for <see cref="Float32"/>.</summary>
    public static FeatureEncoding? Encoding(string name) => name == Float32 ? null : Encodings[name];
}
