using QwenVl.Client.Images;

namespace QwenVl.Client.Answers;

/// <summary>One question as the caller asked it.</summary>
/// <param name="Image">About this picture.</param>
/// <param name="Prompt">Plain text.</param>
/// <param name="Options">Checked.</param>
internal sealed record AnswerQuestion(ClientImage Image, string Prompt, GenerateOptions Options);
