namespace QwenVl.Engines.Tool.Verification;

/// <summary>A file of little-endian float32 numbers.</summary>
/// <param name="File">Its name in the folder.</param>
/// <param name="Shape">Its dimensions, outermost first.</param>
internal sealed record GoldenTensor(string File, int[] Shape);
