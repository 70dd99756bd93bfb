namespace QwenVl.Engines.Tool.Verification.Parity;

/// <summary>What two runtimes are compared on.</summary>
/// <param name="Pictures">The folder, an absolute path.</param>
/// <param name="Limit">Pictures at most.</param>
/// <param name="Tokens">Of an answer, at most.</param>
/// <param name="Device">The GPU's number.</param>
/// <param name="Json">The report's file; null where none is wanted.</param>
internal sealed record ParityOptions(string Pictures, int Limit, int Tokens, int Device, string? Json);
