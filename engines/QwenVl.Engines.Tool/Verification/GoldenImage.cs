namespace QwenVl.Engines.Tool.Verification;

/// <summary>One picture of <c>images.json</c>, and what the reference made of it.</summary>
/// <param name="File">Its name in the folder.</param>
/// <param name="Width">Pixels.</param>
/// <param name="Height">Pixels.</param>
/// <param name="Caps">For each budget of pixels, written as a number.</param>
internal sealed record GoldenImage(string File, int Width, int Height, Dictionary<string, GoldenResize> Caps);
