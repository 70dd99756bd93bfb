namespace QwenVl.TensorRt.Cuda;

/// <summary>CUDA cannot be used on this machine; the message says why, what was tried and the way out, in one line.</summary>
public sealed class CudaUnavailableException : Exception
{
    /// <param name="message">Why, and the way out.</param>
    public CudaUnavailableException(string message)
        : base(message)
    {
    }
}
