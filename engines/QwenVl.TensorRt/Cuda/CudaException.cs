namespace QwenVl.TensorRt.Cuda;

/// <summary>A call of the CUDA driver failed. Its message says which, on what, and the driver's own name and text for it.</summary>
public sealed class CudaException : Exception
{
    internal CudaException(string message, CudaResult result, string resultName, string operation)
        : base(message) => (Result, ResultName, Operation) = (result, resultName, operation);

    /// <summary>What the driver answered; also numbers that <see cref="CudaResult"/> has no name for.</summary>
    public CudaResult Result { get; }

    /// <summary>The driver's name of the result, such as CUDA_ERROR_OUT_OF_MEMORY.</summary>
    public string ResultName { get; }

    /// <summary>The driver call that failed, such as cuMemAlloc. A failure of earlier asynchronous work shows up at a later call.</summary>
    public string Operation { get; }

    /// <summary>
    /// True if every further call on this device will fail until the process starts anew: the driver has given the
    /// context up. False for failures that a caller can answer, such as too little memory.
    /// </summary>
    public bool IsContextLost => Result is CudaResult.EccUncorrectable or CudaResult.IllegalAddress or CudaResult.LaunchTimeout
        or CudaResult.ContextIsDestroyed or CudaResult.Assert or CudaResult.Unknown
        or (>= CudaResult.HardwareStackError and <= CudaResult.LaunchFailed);
}
