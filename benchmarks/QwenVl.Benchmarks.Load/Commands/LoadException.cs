namespace QwenVl.Benchmarks.Load.Commands;

/// <summary>Something the user can do something about; its message is the one line that is shown.</summary>
internal sealed class LoadException(string message) : Exception(message);
