namespace QwenVl.TensorRt.Cuda.Native;

/// <summary>
/// The driver's entry points, by the names that its headers map the calls of today to. Handles and device addresses are
/// passed as <see cref="nint"/>: all of them are 64 bits wide.
/// </summary>
internal sealed unsafe class CudaFunctions
{
    public readonly delegate* unmanaged<uint, CudaResult> Init;
    public readonly delegate* unmanaged<int*, CudaResult> DriverGetVersion;
    public readonly delegate* unmanaged<CudaResult, byte**, CudaResult> GetErrorName;
    public readonly delegate* unmanaged<CudaResult, byte**, CudaResult> GetErrorString;

    public readonly delegate* unmanaged<int*, CudaResult> DeviceGetCount;
    public readonly delegate* unmanaged<int*, int, CudaResult> DeviceGet;
    public readonly delegate* unmanaged<byte*, int, int, CudaResult> DeviceGetName;
    public readonly delegate* unmanaged<int*, int, int, CudaResult> DeviceGetAttribute;
    public readonly delegate* unmanaged<nuint*, int, CudaResult> DeviceTotalMem;

    public readonly delegate* unmanaged<nint*, int, CudaResult> DevicePrimaryCtxRetain;
    public readonly delegate* unmanaged<int, CudaResult> DevicePrimaryCtxRelease;
    public readonly delegate* unmanaged<nint, CudaResult> CtxSetCurrent;
    public readonly delegate* unmanaged<nint*, CudaResult> CtxGetCurrent;
    public readonly delegate* unmanaged<nint, CudaResult> CtxPushCurrent;
    public readonly delegate* unmanaged<nint*, CudaResult> CtxPopCurrent;

    public readonly delegate* unmanaged<nuint*, nuint*, CudaResult> MemGetInfo;
    public readonly delegate* unmanaged<nint*, nuint, CudaResult> MemAlloc;
    public readonly delegate* unmanaged<nint, CudaResult> MemFree;
    public readonly delegate* unmanaged<nint*, nuint, uint, CudaResult> MemHostAlloc;
    public readonly delegate* unmanaged<nint, CudaResult> MemFreeHost;
    public readonly delegate* unmanaged<void*, int, nint, CudaResult> PointerGetAttribute;
    public readonly delegate* unmanaged<nint, void*, nuint, nint, CudaResult> MemcpyHtoDAsync;
    public readonly delegate* unmanaged<void*, nint, nuint, nint, CudaResult> MemcpyDtoHAsync;
    public readonly delegate* unmanaged<nint, nint, nuint, nint, CudaResult> MemcpyDtoDAsync;
    public readonly delegate* unmanaged<Memcpy2D*, nint, CudaResult> Memcpy2DAsync;
    public readonly delegate* unmanaged<Memcpy3D*, nint, CudaResult> Memcpy3DAsync;
    public readonly delegate* unmanaged<nint, byte, nuint, nint, CudaResult> MemsetD8Async;

    public readonly delegate* unmanaged<nint*, uint, int, CudaResult> StreamCreateWithPriority;
    public readonly delegate* unmanaged<nint, CudaResult> StreamDestroy;
    public readonly delegate* unmanaged<nint, CudaResult> StreamSynchronize;
    public readonly delegate* unmanaged<nint, CudaResult> StreamQuery;
    public readonly delegate* unmanaged<nint, nint, uint, CudaResult> StreamWaitEvent;
    public readonly delegate* unmanaged<nint, int, CudaResult> StreamBeginCapture;
    public readonly delegate* unmanaged<nint, nint*, CudaResult> StreamEndCapture;
    public readonly delegate* unmanaged<nint, int*, CudaResult> StreamIsCapturing;

    public readonly delegate* unmanaged<nint*, uint, CudaResult> EventCreate;
    public readonly delegate* unmanaged<nint, nint, CudaResult> EventRecord;
    public readonly delegate* unmanaged<nint, CudaResult> EventQuery;
    public readonly delegate* unmanaged<nint, CudaResult> EventSynchronize;
    public readonly delegate* unmanaged<float*, nint, nint, CudaResult> EventElapsedTime;
    public readonly delegate* unmanaged<nint, CudaResult> EventDestroy;

    public readonly delegate* unmanaged<nint, nint*, nuint*, CudaResult> GraphGetNodes;
    public readonly delegate* unmanaged<nint*, nint, ulong, CudaResult> GraphInstantiateWithFlags;
    public readonly delegate* unmanaged<nint, CudaResult> GraphDestroy;
    public readonly delegate* unmanaged<nint, nint, CudaResult> GraphLaunch;
    public readonly delegate* unmanaged<nint, nint, GraphUpdateInfo*, CudaResult> GraphExecUpdate;
    public readonly delegate* unmanaged<nint, CudaResult> GraphExecDestroy;

    /// <param name="find">The address of an entry point, or 0 where the library has none of that name.</param>
    /// <exception cref="EntryPointNotFoundException">One is missing; the message is its name.</exception>
    public CudaFunctions(Func<string, nint> find)
    {
        nint Require(string name) => find(name) is var address and not 0 ? address : throw new EntryPointNotFoundException(name);

        Init = (delegate* unmanaged<uint, CudaResult>)Require("cuInit");
        DriverGetVersion = (delegate* unmanaged<int*, CudaResult>)Require("cuDriverGetVersion");
        GetErrorName = (delegate* unmanaged<CudaResult, byte**, CudaResult>)Require("cuGetErrorName");
        GetErrorString = (delegate* unmanaged<CudaResult, byte**, CudaResult>)Require("cuGetErrorString");
        DeviceGetCount = (delegate* unmanaged<int*, CudaResult>)Require("cuDeviceGetCount");
        DeviceGet = (delegate* unmanaged<int*, int, CudaResult>)Require("cuDeviceGet");
        DeviceGetName = (delegate* unmanaged<byte*, int, int, CudaResult>)Require("cuDeviceGetName");
        DeviceGetAttribute = (delegate* unmanaged<int*, int, int, CudaResult>)Require("cuDeviceGetAttribute");
        DeviceTotalMem = (delegate* unmanaged<nuint*, int, CudaResult>)Require("cuDeviceTotalMem_v2");
        DevicePrimaryCtxRetain = (delegate* unmanaged<nint*, int, CudaResult>)Require("cuDevicePrimaryCtxRetain");
        DevicePrimaryCtxRelease = (delegate* unmanaged<int, CudaResult>)Require("cuDevicePrimaryCtxRelease_v2");
        CtxSetCurrent = (delegate* unmanaged<nint, CudaResult>)Require("cuCtxSetCurrent");
        CtxGetCurrent = (delegate* unmanaged<nint*, CudaResult>)Require("cuCtxGetCurrent");
        CtxPushCurrent = (delegate* unmanaged<nint, CudaResult>)Require("cuCtxPushCurrent_v2");
        CtxPopCurrent = (delegate* unmanaged<nint*, CudaResult>)Require("cuCtxPopCurrent_v2");
        MemGetInfo = (delegate* unmanaged<nuint*, nuint*, CudaResult>)Require("cuMemGetInfo_v2");
        MemAlloc = (delegate* unmanaged<nint*, nuint, CudaResult>)Require("cuMemAlloc_v2");
        MemFree = (delegate* unmanaged<nint, CudaResult>)Require("cuMemFree_v2");
        MemHostAlloc = (delegate* unmanaged<nint*, nuint, uint, CudaResult>)Require("cuMemHostAlloc");
        MemFreeHost = (delegate* unmanaged<nint, CudaResult>)Require("cuMemFreeHost");
        PointerGetAttribute = (delegate* unmanaged<void*, int, nint, CudaResult>)Require("cuPointerGetAttribute");
        MemcpyHtoDAsync = (delegate* unmanaged<nint, void*, nuint, nint, CudaResult>)Require("cuMemcpyHtoDAsync_v2");
        MemcpyDtoHAsync = (delegate* unmanaged<void*, nint, nuint, nint, CudaResult>)Require("cuMemcpyDtoHAsync_v2");
        MemcpyDtoDAsync = (delegate* unmanaged<nint, nint, nuint, nint, CudaResult>)Require("cuMemcpyDtoDAsync_v2");
        Memcpy2DAsync = (delegate* unmanaged<Memcpy2D*, nint, CudaResult>)Require("cuMemcpy2DAsync_v2");
        Memcpy3DAsync = (delegate* unmanaged<Memcpy3D*, nint, CudaResult>)Require("cuMemcpy3DAsync_v2");
        MemsetD8Async = (delegate* unmanaged<nint, byte, nuint, nint, CudaResult>)Require("cuMemsetD8Async");
        StreamCreateWithPriority = (delegate* unmanaged<nint*, uint, int, CudaResult>)Require("cuStreamCreateWithPriority");
        StreamDestroy = (delegate* unmanaged<nint, CudaResult>)Require("cuStreamDestroy_v2");
        StreamSynchronize = (delegate* unmanaged<nint, CudaResult>)Require("cuStreamSynchronize");
        StreamQuery = (delegate* unmanaged<nint, CudaResult>)Require("cuStreamQuery");
        StreamWaitEvent = (delegate* unmanaged<nint, nint, uint, CudaResult>)Require("cuStreamWaitEvent");
        StreamBeginCapture = (delegate* unmanaged<nint, int, CudaResult>)Require("cuStreamBeginCapture_v2");
        StreamEndCapture = (delegate* unmanaged<nint, nint*, CudaResult>)Require("cuStreamEndCapture");
        StreamIsCapturing = (delegate* unmanaged<nint, int*, CudaResult>)Require("cuStreamIsCapturing");
        EventCreate = (delegate* unmanaged<nint*, uint, CudaResult>)Require("cuEventCreate");
        EventRecord = (delegate* unmanaged<nint, nint, CudaResult>)Require("cuEventRecord");
        EventQuery = (delegate* unmanaged<nint, CudaResult>)Require("cuEventQuery");
        EventSynchronize = (delegate* unmanaged<nint, CudaResult>)Require("cuEventSynchronize");
        // The second version came with CUDA 12.8; both take the same arguments.
        EventElapsedTime = (delegate* unmanaged<float*, nint, nint, CudaResult>)(
            find("cuEventElapsedTime_v2") is var elapsed and not 0 ? elapsed : Require("cuEventElapsedTime"));
        EventDestroy = (delegate* unmanaged<nint, CudaResult>)Require("cuEventDestroy_v2");
        GraphGetNodes = (delegate* unmanaged<nint, nint*, nuint*, CudaResult>)Require("cuGraphGetNodes");
        GraphInstantiateWithFlags = (delegate* unmanaged<nint*, nint, ulong, CudaResult>)Require("cuGraphInstantiateWithFlags");
        GraphDestroy = (delegate* unmanaged<nint, CudaResult>)Require("cuGraphDestroy");
        GraphLaunch = (delegate* unmanaged<nint, nint, CudaResult>)Require("cuGraphLaunch");
        GraphExecUpdate = (delegate* unmanaged<nint, nint, GraphUpdateInfo*, CudaResult>)Require("cuGraphExecUpdate_v2");
        GraphExecDestroy = (delegate* unmanaged<nint, CudaResult>)Require("cuGraphExecDestroy");
    }
}
