namespace QwenVl.Runtime.Decoding.Planning;

/// <summary>What bounds a step of the decoder.</summary>
/// <param name="BatchSize">Sequences a step.</param>
/// <param name="Tokens">Tokens a step, at least 2: one of a sequence that decodes and one of a sequence that prefills.</param>
/// <param name="PrefillChunk">Prompt tokens a step of one sequence.</param>
internal sealed record StepLimits(int BatchSize, int Tokens, int PrefillChunk);
