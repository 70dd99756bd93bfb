namespace QwenVl.Runtime.Decoding;

/// <summary>How a generation went.</summary>
/// <param name="End">Why it ended.</param>
/// <param name="Count">Tokens of the answer, those given beforehand included, the stop token not.</param>
/// <param name="QueueSeconds">Time waited for the decoder.</param>
/// <param name="PrefillSeconds">From admission to the first logits.</param>
/// <param name="DecodeSeconds">From the first logits to the end.</param>
public sealed record GenerationResult(GenerationEnd End, int Count, double QueueSeconds, double PrefillSeconds, double DecodeSeconds);
