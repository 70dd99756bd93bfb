using QwenVl.TensorRt.Cuda.Native;

namespace QwenVl.TensorRt.Cuda.Handles;

/// <summary>
/// One retaining of a device's primary context. Everything made in the context holds a reference, so it is released
/// after the last of them, in whatever order they are disposed or finalised.
/// </summary>
internal sealed unsafe class CudaContextHandle : DisposableHandle
{
    private CudaContextHandle(CudaDevice device, nint value)
    {
        Device = device;
        SetHandle(value);
    }

    public CudaDevice Device { get; }

    public CudaDriver Driver => Device.Driver;

    public CudaFunctions Functions => Device.Driver.Functions;

    /// <summary>The driver's CUcontext; equal for all contexts of one device.</summary>
    public nint Value => handle;

    public static CudaContextHandle Retain(CudaDevice device)
    {
        nint value = 0;
        CudaResult result = device.Driver.Functions.DevicePrimaryCtxRetain(&value, device.Ordinal);
        if (result is not CudaResult.Success) throw device.Driver.Failure(result, "cuDevicePrimaryCtxRetain", $" of {device}");
        return new CudaContextHandle(device, value);
    }

    protected override bool ReleaseHandle() => Functions.DevicePrimaryCtxRelease(Device.Ordinal) is CudaResult.Success;
}
