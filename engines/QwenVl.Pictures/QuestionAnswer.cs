namespace QwenVl.Pictures;

/// <summary>A question about a picture, a single turn.</summary>
/// <param name="Task">read, translate, read-translate, describe, count, colour, position or point.</param>
/// <param name="Prompt">What the user asks; several wordings mean the same.</param>
/// <param name="Answer">The only right answer, character by character (boxes are judged by overlap).</param>
public sealed record QuestionAnswer(string Task, string Prompt, string Answer);
