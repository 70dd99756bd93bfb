namespace QwenVl.TensorRt.Cuda;

/// <summary>Results of the CUDA driver (CUresult) that callers tell apart; others keep their number.</summary>
public enum CudaResult
{
    /// <summary>CUDA_SUCCESS.</summary>
    Success = 0,
}
