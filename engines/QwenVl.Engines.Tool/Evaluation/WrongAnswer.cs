namespace QwenVl.Engines.Tool.Evaluation;

/// <summary>An answer that was not right.</summary>
/// <param name="File">About which picture.</param>
/// <param name="Task">What was to be done.</param>
/// <param name="Prompt">The question.</param>
/// <param name="Right">What is right.</param>
/// <param name="Answer">What was answered.</param>
internal sealed record WrongAnswer(string File, string Task, string Prompt, string Right, string Answer);
