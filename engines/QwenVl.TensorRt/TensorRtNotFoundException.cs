namespace QwenVl.TensorRt;

/// <summary>No usable TensorRT library was found. The message lists every place that was tried, with the reason.</summary>
public sealed class TensorRtNotFoundException : TensorRtException
{
    /// <summary>An error without further text.</summary>
    public TensorRtNotFoundException()
        : this("No TensorRT library was found.")
    {
    }

    /// <summary>An error with its text.</summary>
    public TensorRtNotFoundException(string message)
        : base(message)
    {
    }

    /// <summary>An error with its text and cause.</summary>
    public TensorRtNotFoundException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }

    internal TensorRtNotFoundException(string message, IReadOnlyList<string> tried, bool listed)
        : base(listed ? $"{message} Tried:{Environment.NewLine}{string.Join(Environment.NewLine, tried.Select(line => "  " + line))}" : message) =>
        Tried = tried;

    /// <summary>Every place that was tried and why it did not do, in order.</summary>
    public IReadOnlyList<string> Tried { get; } = [];
}
