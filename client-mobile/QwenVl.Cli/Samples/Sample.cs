namespace QwenVl.Cli.Samples;

/// <summary>One of the demo's questions.</summary>
/// <param name="Path">The picture's file.</param>
/// <param name="Prompt">What is asked about it.</param>
internal sealed record Sample(string Path, string Prompt);
