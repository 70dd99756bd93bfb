namespace QwenVl.TensorRt.Cuda;

/// <summary>CUDA cannot be used on this machine; the message says why, what was tried and the way out, in one line.</summary>
public sealed class CudaUnavailableException : Exception
{
    internal CudaUnavailableException(string message)
        : base(message)
    {
    }
}
