namespace QwenVl.Client.Answers;

/// <summary>One token of an answer.</summary>
/// <param name="Index">Its number, from 0 without gaps.</param>
/// <param name="Id">The id in the tokenizer's vocabulary.</param>
/// <param name="Text">What it adds to the text; empty while a character is incomplete.</param>
/// <param name="Source">Who wrote it.</param>
/// <param name="Elapsed">Time since the question was asked.</param>
public readonly record struct AnswerToken(int Index, int Id, string Text, TokenSource Source, TimeSpan Elapsed);
