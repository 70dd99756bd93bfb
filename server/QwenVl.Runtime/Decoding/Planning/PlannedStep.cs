namespace QwenVl.Runtime.Decoding.Planning;

/// <summary>What one sequence does in a step.</summary>
/// <param name="Sequence">The sequence.</param>
/// <param name="Tokens">The most tokens to feed it; 1 where it decodes.</param>
internal readonly record struct PlannedStep<TSequence>(TSequence Sequence, int Tokens);
