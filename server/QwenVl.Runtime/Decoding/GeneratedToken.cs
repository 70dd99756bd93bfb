namespace QwenVl.Runtime.Decoding;

/// <summary>A token of an answer.</summary>
/// <param name="Index">Its number in the answer, from 0.</param>
/// <param name="Id">The vocabulary's id.</param>
public readonly record struct GeneratedToken(int Index, int Id);
