using QwenVl.Model.Prompts;
using QwenVl.Model.Vision;

namespace QwenVl.Engines.Tool.Verification.Parity;

/// <summary>A picture and a question about it, as both sides take them in.</summary>
/// <param name="Picture">What the picture is called.</param>
/// <param name="Patches">The preprocessed picture.</param>
/// <param name="Prompt">The question with its place for the picture.</param>
internal sealed record ParityQuestion(string Picture, ImagePatches Patches, Prompt Prompt);
