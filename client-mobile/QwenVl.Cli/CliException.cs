namespace QwenVl.Cli;

/// <summary>Something the user can do something about; its message is the one line that is shown.</summary>
internal sealed class CliException(string message) : Exception(message);
