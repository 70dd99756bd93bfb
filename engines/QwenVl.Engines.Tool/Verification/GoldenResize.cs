namespace QwenVl.Engines.Tool.Verification;

/// <summary>A picture resized to a budget.</summary>
/// <param name="GridThw">[time, height, width] in patches.</param>
/// <param name="Tokens">Visual tokens.</param>
/// <param name="Resized">The resized picture, a file of the folder.</param>
internal sealed record GoldenResize(int[] GridThw, int Tokens, string Resized);
