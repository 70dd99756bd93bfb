namespace QwenVl.Runtime.Decoding.Planning;

/// <summary>What bounds the sequences that are in the decoder.</summary>
/// <param name="Sequences">Sequences at a time.</param>
/// <param name="CachedTokens">Tokens of the key-value cache, of all sequences together.</param>
/// <param name="QueueLength">Sequences that may wait.</param>
internal sealed record AdmissionLimits(int Sequences, long CachedTokens, int QueueLength);
