namespace QwenVl.TensorRt.Onnx;

/// <summary>The parser refused a model. The message names node, operator and reason of each error.</summary>
public sealed class OnnxParseException : TensorRtException
{
    /// <summary>An error without further text.</summary>
    public OnnxParseException()
        : this("The ONNX model was refused.")
    {
    }

    /// <summary>An error with its text.</summary>
    public OnnxParseException(string message)
        : base(message)
    {
    }

    /// <summary>An error with its text and cause.</summary>
    public OnnxParseException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }

    internal OnnxParseException(string what, IReadOnlyList<OnnxParseError> errors, IReadOnlyList<string> nativeMessages)
        : base(errors.Count == 0 ? $"{what} was refused." : $"{what} was refused: {string.Join("; ", errors)}.", Others(nativeMessages, errors)) =>
        Errors = errors;

    /// <summary>What the parser found, in its order.</summary>
    public IReadOnlyList<OnnxParseError> Errors { get; } = [];

    // The log repeats the errors, and alone says, for example, which file of weights is missing.
    private static string[] Others(IReadOnlyList<string> messages, IReadOnlyList<OnnxParseError> errors) =>
        [.. messages.Where(message => !errors.Any(error => message.Contains(error.Description, StringComparison.Ordinal)))];
}
