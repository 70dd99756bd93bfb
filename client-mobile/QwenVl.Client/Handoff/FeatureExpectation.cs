using QwenVl.Client.Images;
using QwenVl.Model.Features;

namespace QwenVl.Client.Handoff;

/// <summary>What the features of a question must be.</summary>
/// <param name="Image">Of this picture.</param>
/// <param name="CheckpointFingerprint">For this checkpoint.</param>
/// <param name="Width">Numbers a row.</param>
/// <param name="Taps">The vision blocks tapped.</param>
/// <param name="Encoding">As they were asked for.</param>
internal sealed record FeatureExpectation(ClientImage Image, string CheckpointFingerprint, int Width, IReadOnlyList<int> Taps, FeatureEncoding Encoding);
