namespace QwenVl.Model.Manifest;

/// <summary>The largest runs that an engine's plans take.</summary>
/// <param name="MaxBatch">Pictures of a vision run, and sequences of a decoding step.</param>
/// <param name="MaxPrefillBatch">Sequences of a run that reads prompts.</param>
/// <param name="MaxChunk">Tokens of a prompt that one run reads of a sequence.</param>
/// <param name="MaxSequence">Tokens that a sequence holds.</param>
/// <param name="PatchBuckets">Patches of a picture in each of the vision tower's profiles, ascending.</param>
public sealed record EnginePlanLimits(int MaxBatch, int MaxPrefillBatch, int MaxChunk, int MaxSequence, IReadOnlyList<int> PatchBuckets);
