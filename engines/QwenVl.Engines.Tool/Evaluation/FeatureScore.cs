namespace QwenVl.Engines.Tool.Evaluation;

/// <summary>What writing features for the wire did to them.</summary>
/// <param name="Encoding">float32 for not at all, float16, int8 or int4.</param>
/// <param name="BytesPerToken">Of a visual token with its taps.</param>
/// <param name="Cosines">Mean cosine of a row before and after: main rows, then each tap.</param>
/// <param name="LeastCosine">The least of any row.</param>
internal sealed record FeatureScore(string Encoding, double BytesPerToken, IReadOnlyList<double> Cosines, double LeastCosine);
