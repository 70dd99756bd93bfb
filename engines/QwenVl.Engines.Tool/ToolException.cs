namespace QwenVl.Engines.Tool;

/// <summary>Something the user can do something about; its message is the one line that is shown.</summary>
internal sealed class ToolException(string message, Exception? innerException = null) : Exception(message, innerException);
