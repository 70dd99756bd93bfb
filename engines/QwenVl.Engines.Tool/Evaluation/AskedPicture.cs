namespace QwenVl.Engines.Tool.Evaluation;

/// <summary>One line of <c>pictures.jsonl</c>.</summary>
/// <param name="File">The picture's file in the folder.</param>
/// <param name="Kind">sign, scene or point.</param>
/// <param name="Qa">What is asked about it.</param>
internal sealed record AskedPicture(string File, string Kind, AskedQuestion[] Qa);
