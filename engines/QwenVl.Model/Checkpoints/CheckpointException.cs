namespace QwenVl.Model.Checkpoints;

/// <summary>A checkpoint or an engine folder cannot be used. The message is one line that names the file, the tensor or key, and the way out.</summary>
public sealed class CheckpointException : Exception
{
    /// <param name="message">One line.</param>
    public CheckpointException(string message) : base(message)
    {
    }

    /// <param name="message">One line.</param>
    /// <param name="innerException">What the file system or the parser said.</param>
    public CheckpointException(string message, Exception innerException) : base(message, innerException)
    {
    }
}
