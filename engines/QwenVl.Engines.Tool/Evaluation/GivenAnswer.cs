namespace QwenVl.Engines.Tool.Evaluation;

/// <summary>What was answered, right or wrong.</summary>
/// <param name="File">About which picture.</param>
/// <param name="Task">What was to be done.</param>
/// <param name="Prompt">The question.</param>
/// <param name="Ids">The answer's tokens, without the one that ends it.</param>
/// <param name="Text">The answer.</param>
internal sealed record GivenAnswer(string File, string Task, string Prompt, IReadOnlyList<int> Ids, string Text);
