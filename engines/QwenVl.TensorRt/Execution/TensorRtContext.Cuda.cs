using QwenVl.TensorRt.Cuda;
using QwenVl.TensorRt.Cuda.Handles;

namespace QwenVl.TensorRt.Execution;

/// <content>The same with this library's own streams and device addresses.</content>
public sealed unsafe partial class TensorRtContext
{
    /// <inheritdoc cref="SetProfile(int, nint)"/>
    /// <exception cref="ObjectDisposedException">The stream is disposed.</exception>
    public void SetProfile(int profile, CudaStream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        using HeldHandle held = stream.Hold();
        SetProfile(profile, held.Value);
    }

    /// <inheritdoc cref="SetTensorAddress(string, nint)"/>
    public void SetTensorAddress(string tensor, CudaDevicePointer address) => SetTensorAddress(tensor, (nint)address.Address);

    /// <inheritdoc cref="SetTensorAddress(string, nint)"/>
    public void SetTensorAddress(EngineTensor tensor, CudaDevicePointer address) => SetTensorAddress(tensor, (nint)address.Address);

    /// <inheritdoc cref="SetDeviceMemory(nint, long)"/>
    public void SetDeviceMemory(CudaDevicePointer address, long bytes) => SetDeviceMemory((nint)address.Address, bytes);

    /// <inheritdoc cref="Enqueue(nint)"/>
    /// <exception cref="ObjectDisposedException">The stream is disposed.</exception>
    public void Enqueue(CudaStream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        using HeldHandle held = stream.Hold();
        Enqueue(held.Value);
    }
}
