namespace QwenVl.TensorRt.Cuda;

/// <summary>A device's memory as the driver sees it, whoever holds it.</summary>
/// <param name="FreeBytes">Bytes free at the moment of asking; other processes may take them at any time.</param>
/// <param name="TotalBytes">Bytes that the device has.</param>
public readonly record struct CudaMemoryInfo(long FreeBytes, long TotalBytes);
