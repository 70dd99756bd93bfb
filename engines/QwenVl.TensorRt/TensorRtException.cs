namespace QwenVl.TensorRt;

/// <summary>TensorRT refused or failed. The message ends with what TensorRT itself said about it.</summary>
public class TensorRtException : Exception
{
    /// <summary>An error without further text.</summary>
    public TensorRtException()
        : this("TensorRT failed without saying why.")
    {
    }

    /// <summary>An error with its text.</summary>
    public TensorRtException(string message)
        : base(message)
    {
    }

    /// <summary>An error with its text and cause.</summary>
    public TensorRtException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }

    internal TensorRtException(string message, IReadOnlyList<string> nativeMessages)
        : base(nativeMessages.Count == 0 ? message : $"{message} TensorRT says: {string.Join(" | ", nativeMessages)}") =>
        NativeMessages = nativeMessages;

    /// <summary>The errors, or where there were none the warnings, that TensorRT logged during the failed call; oldest first.</summary>
    public IReadOnlyList<string> NativeMessages { get; } = [];
}
