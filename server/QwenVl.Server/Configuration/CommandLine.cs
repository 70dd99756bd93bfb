namespace QwenVl.Server.Configuration;

/// <summary>What the arguments say.</summary>
/// <param name="Settings">Configuration keys and values of the flags that were given.</param>
/// <param name="Mistakes">What is no flag, one line each.</param>
/// <param name="ExitCode">Where help or the version was printed and nothing more is to do: the exit code.</param>
internal sealed record CommandLine(IReadOnlyDictionary<string, string?> Settings, IReadOnlyList<string> Mistakes, int? ExitCode = null);
