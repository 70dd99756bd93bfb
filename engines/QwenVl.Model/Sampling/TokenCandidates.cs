namespace QwenVl.Model.Sampling;

/// <summary>
/// The best tokens of a step, chosen where the logits were computed, so that a vocabulary need not travel for each token.
/// </summary>
/// <param name="Tokens">Ids by falling logit; at least one.</param>
/// <param name="Logits">Their logits, as many; what is not listed is at most the last.</param>
/// <param name="VocabularySize">All there are.</param>
public readonly record struct TokenCandidates(ReadOnlyMemory<int> Tokens, ReadOnlyMemory<float> Logits, int VocabularySize);
