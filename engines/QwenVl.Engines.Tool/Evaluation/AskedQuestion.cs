namespace QwenVl.Engines.Tool.Evaluation;

/// <summary>A question and its right answer.</summary>
/// <param name="Task">What is to be done: read, translate, read-translate, describe, count, colour, position or point.</param>
/// <param name="Prompt">The question.</param>
/// <param name="Answer">The right answer.</param>
internal sealed record AskedQuestion(string Task, string Prompt, string Answer);
