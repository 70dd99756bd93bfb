namespace QwenVl.Engines.Tool.Verification;

/// <summary>One line of <c>tokenizer.jsonl</c>.</summary>
/// <param name="Text">A text; special tokens written in it are meant as such.</param>
/// <param name="Ids">Its tokens.</param>
internal sealed record GoldenText(string Text, int[] Ids);
