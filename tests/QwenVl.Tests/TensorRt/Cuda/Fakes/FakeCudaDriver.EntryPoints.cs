using System.Runtime.InteropServices;
using System.Text;
using System.Text.RegularExpressions;
using QwenVl.TensorRt.Cuda;
using QwenVl.TensorRt.Cuda.Native;

namespace QwenVl.Tests.TensorRt.Cuda.Fakes;

/// <content>Entry points other than those of streams, events and graphs.</content>
internal sealed unsafe partial class FakeCudaDriver
{
    private static readonly Dictionary<string, nint> Texts = [];

    private static readonly Dictionary<string, nint> EntryPoints = new()
    {
        ["cuInit"] = (nint)(delegate* unmanaged<uint, CudaResult>)&cuInit,
        ["cuDriverGetVersion"] = (nint)(delegate* unmanaged<int*, CudaResult>)&cuDriverGetVersion,
        ["cuGetErrorName"] = (nint)(delegate* unmanaged<CudaResult, byte**, CudaResult>)&cuGetErrorName,
        ["cuGetErrorString"] = (nint)(delegate* unmanaged<CudaResult, byte**, CudaResult>)&cuGetErrorString,
        ["cuDeviceGetCount"] = (nint)(delegate* unmanaged<int*, CudaResult>)&cuDeviceGetCount,
        ["cuDeviceGet"] = (nint)(delegate* unmanaged<int*, int, CudaResult>)&cuDeviceGet,
        ["cuDeviceGetName"] = (nint)(delegate* unmanaged<byte*, int, int, CudaResult>)&cuDeviceGetName,
        ["cuDeviceGetAttribute"] = (nint)(delegate* unmanaged<int*, int, int, CudaResult>)&cuDeviceGetAttribute,
        ["cuDeviceTotalMem_v2"] = (nint)(delegate* unmanaged<nuint*, int, CudaResult>)&cuDeviceTotalMem_v2,
        ["cuDevicePrimaryCtxRetain"] = (nint)(delegate* unmanaged<nint*, int, CudaResult>)&cuDevicePrimaryCtxRetain,
        ["cuDevicePrimaryCtxRelease_v2"] = (nint)(delegate* unmanaged<int, CudaResult>)&cuDevicePrimaryCtxRelease_v2,
        ["cuCtxSetCurrent"] = (nint)(delegate* unmanaged<nint, CudaResult>)&cuCtxSetCurrent,
        ["cuCtxGetCurrent"] = (nint)(delegate* unmanaged<nint*, CudaResult>)&cuCtxGetCurrent,
        ["cuCtxPushCurrent_v2"] = (nint)(delegate* unmanaged<nint, CudaResult>)&cuCtxPushCurrent_v2,
        ["cuCtxPopCurrent_v2"] = (nint)(delegate* unmanaged<nint*, CudaResult>)&cuCtxPopCurrent_v2,
        ["cuMemGetInfo_v2"] = (nint)(delegate* unmanaged<nuint*, nuint*, CudaResult>)&cuMemGetInfo_v2,
        ["cuMemAlloc_v2"] = (nint)(delegate* unmanaged<nint*, nuint, CudaResult>)&cuMemAlloc_v2,
        ["cuMemFree_v2"] = (nint)(delegate* unmanaged<nint, CudaResult>)&cuMemFree_v2,
        ["cuMemHostAlloc"] = (nint)(delegate* unmanaged<nint*, nuint, uint, CudaResult>)&cuMemHostAlloc,
        ["cuMemFreeHost"] = (nint)(delegate* unmanaged<nint, CudaResult>)&cuMemFreeHost,
        ["cuPointerGetAttribute"] = (nint)(delegate* unmanaged<uint*, int, nint, CudaResult>)&cuPointerGetAttribute,
        ["cuMemcpyHtoDAsync_v2"] = (nint)(delegate* unmanaged<nint, nint, nuint, nint, CudaResult>)&cuMemcpyHtoDAsync_v2,
        ["cuMemcpyDtoHAsync_v2"] = (nint)(delegate* unmanaged<nint, nint, nuint, nint, CudaResult>)&cuMemcpyDtoHAsync_v2,
        ["cuMemcpyDtoDAsync_v2"] = (nint)(delegate* unmanaged<nint, nint, nuint, nint, CudaResult>)&cuMemcpyDtoDAsync_v2,
        ["cuMemcpy2DAsync_v2"] = (nint)(delegate* unmanaged<Memcpy2D*, nint, CudaResult>)&cuMemcpy2DAsync_v2,
        ["cuMemcpy3DAsync_v2"] = (nint)(delegate* unmanaged<Memcpy3D*, nint, CudaResult>)&cuMemcpy3DAsync_v2,
        ["cuMemsetD8Async"] = (nint)(delegate* unmanaged<nint, byte, nuint, nint, CudaResult>)&cuMemsetD8Async,
        ["cuStreamCreateWithPriority"] = (nint)(delegate* unmanaged<nint*, uint, int, CudaResult>)&cuStreamCreateWithPriority,
        ["cuStreamDestroy_v2"] = (nint)(delegate* unmanaged<nint, CudaResult>)&cuStreamDestroy_v2,
        ["cuStreamSynchronize"] = (nint)(delegate* unmanaged<nint, CudaResult>)&cuStreamSynchronize,
        ["cuStreamQuery"] = (nint)(delegate* unmanaged<nint, CudaResult>)&cuStreamQuery,
        ["cuStreamWaitEvent"] = (nint)(delegate* unmanaged<nint, nint, uint, CudaResult>)&cuStreamWaitEvent,
        ["cuStreamBeginCapture_v2"] = (nint)(delegate* unmanaged<nint, int, CudaResult>)&cuStreamBeginCapture_v2,
        ["cuStreamEndCapture"] = (nint)(delegate* unmanaged<nint, nint*, CudaResult>)&cuStreamEndCapture,
        ["cuStreamIsCapturing"] = (nint)(delegate* unmanaged<nint, int*, CudaResult>)&cuStreamIsCapturing,
        ["cuEventCreate"] = (nint)(delegate* unmanaged<nint*, uint, CudaResult>)&cuEventCreate,
        ["cuEventRecord"] = (nint)(delegate* unmanaged<nint, nint, CudaResult>)&cuEventRecord,
        ["cuEventQuery"] = (nint)(delegate* unmanaged<nint, CudaResult>)&cuEventQuery,
        ["cuEventSynchronize"] = (nint)(delegate* unmanaged<nint, CudaResult>)&cuEventSynchronize,
        ["cuEventElapsedTime"] = (nint)(delegate* unmanaged<float*, nint, nint, CudaResult>)&cuEventElapsedTime,
        ["cuEventElapsedTime_v2"] = (nint)(delegate* unmanaged<float*, nint, nint, CudaResult>)&cuEventElapsedTime_v2,
        ["cuEventDestroy_v2"] = (nint)(delegate* unmanaged<nint, CudaResult>)&cuEventDestroy_v2,
        ["cuGraphGetNodes"] = (nint)(delegate* unmanaged<nint, nint*, nuint*, CudaResult>)&cuGraphGetNodes,
        ["cuGraphInstantiateWithFlags"] = (nint)(delegate* unmanaged<nint*, nint, ulong, CudaResult>)&cuGraphInstantiateWithFlags,
        ["cuGraphDestroy"] = (nint)(delegate* unmanaged<nint, CudaResult>)&cuGraphDestroy,
        ["cuGraphLaunch"] = (nint)(delegate* unmanaged<nint, nint, CudaResult>)&cuGraphLaunch,
        ["cuGraphExecUpdate_v2"] = (nint)(delegate* unmanaged<nint, nint, GraphUpdateInfo*, CudaResult>)&cuGraphExecUpdate_v2,
        ["cuGraphExecDestroy"] = (nint)(delegate* unmanaged<nint, CudaResult>)&cuGraphExecDestroy,
    };

    [UnmanagedCallersOnly]
    private static CudaResult cuInit(uint flags) => Call(fake => flags == 0 ? CudaResult.Success : CudaResult.InvalidValue, needsContext: false);

    [UnmanagedCallersOnly]
    private static CudaResult cuDriverGetVersion(int* version) => Call(fake => Set(version, fake.Version), needsContext: false);

    [UnmanagedCallersOnly]
    private static CudaResult cuGetErrorName(CudaResult error, byte** text) =>
        Answer(text, Enum.IsDefined(error) ? "CUDA_ERROR_" + WordStart().Replace(error.ToString(), "_$1").ToUpperInvariant() : null);

    [UnmanagedCallersOnly]
    private static CudaResult cuGetErrorString(CudaResult error, byte** text) =>
        Answer(text, Enum.IsDefined(error) ? WordStart().Replace(error.ToString(), " $1").ToLowerInvariant() : null);

    [UnmanagedCallersOnly]
    private static CudaResult cuDeviceGetCount(int* count) => Call(fake => Set(count, fake._contexts.Length), needsContext: false);

    [UnmanagedCallersOnly]
    private static CudaResult cuDeviceGet(int* device, int index) => Call(_ => Set(device, index), needsContext: false);

    [UnmanagedCallersOnly]
    private static CudaResult cuDeviceGetName(byte* name, int length, int device) => Call(
        _ =>
        {
            Encoding.UTF8.GetBytes($"Fake {device}\0", new Span<byte>(name, length));
            return CudaResult.Success;
        },
        needsContext: false);

    [UnmanagedCallersOnly]
    private static CudaResult cuDeviceGetAttribute(int* value, int attribute, int device) => Call(
        fake => attribute switch
        {
            11 => Set(value, fake.MaxPitch),
            16 => Set(value, 132),
            75 => Set(value, 9),
            76 => Set(value, 0),
            _ => CudaResult.InvalidValue,
        },
        needsContext: false);

    [UnmanagedCallersOnly]
    private static CudaResult cuDeviceTotalMem_v2(nuint* bytes, int device) => Call(_ => Set(bytes, unchecked((nuint)TotalMemory)), needsContext: false);

    [UnmanagedCallersOnly]
    private static CudaResult cuDevicePrimaryCtxRetain(nint* context, int device) => Call(
        fake =>
        {
            fake._retained[device]++;
            return Set(context, fake._contexts[device]);
        },
        needsContext: false);

    [UnmanagedCallersOnly]
    private static CudaResult cuDevicePrimaryCtxRelease_v2(int device) => Call(
        fake => --fake._retained[device] switch
        {
            < 0 => fake.Violation("cuDevicePrimaryCtxRelease_v2", "released more often than retained", CudaResult.InvalidContext),
            0 when fake._retained.Sum() == 0 && fake._objects.Count + fake._memory.Count > 0 =>
                fake.Violation("cuDevicePrimaryCtxRelease_v2", "something still lives in the context", CudaResult.Success),
            _ => CudaResult.Success,
        },
        needsContext: false);

    [UnmanagedCallersOnly]
    private static CudaResult cuCtxSetCurrent(nint context) => Call(
        _ =>
        {
            (_threadContexts ??= []).TryPop(out nint _);
            _threadContexts.Push(context);
            return CudaResult.Success;
        },
        needsContext: false);

    [UnmanagedCallersOnly]
    private static CudaResult cuCtxGetCurrent(nint* context) =>
        Call(_ => Set(context, _threadContexts is { Count: > 0 } stack ? stack.Peek() : 0), needsContext: false);

    [UnmanagedCallersOnly]
    private static CudaResult cuCtxPushCurrent_v2(nint context) => Call(
        _ =>
        {
            (_threadContexts ??= []).Push(context);
            return CudaResult.Success;
        },
        needsContext: false);

    [UnmanagedCallersOnly]
    private static CudaResult cuCtxPopCurrent_v2(nint* context) => Call(_ => Set(context, _threadContexts!.Pop()), needsContext: false);

    [UnmanagedCallersOnly]
    private static CudaResult cuMemGetInfo_v2(nuint* free, nuint* total) => Call(fake =>
    {
        Set(total, unchecked((nuint)TotalMemory));
        return Set(free, unchecked((nuint)TotalMemory) - (nuint)fake._memory.Values.Where(memory => memory.OnDevice).Sum(memory => memory.Bytes));
    });

    [UnmanagedCallersOnly]
    private static CudaResult cuMemAlloc_v2(nint* address, nuint bytes) => Call(fake => fake.Allocate(address, bytes, onDevice: true, 0));

    [UnmanagedCallersOnly]
    private static CudaResult cuMemFree_v2(nint address) => Call(fake => fake.Free(address, onDevice: true));

    [UnmanagedCallersOnly]
    private static CudaResult cuMemHostAlloc(nint* address, nuint bytes, uint flags) => Call(fake => fake.Allocate(address, bytes, onDevice: false, flags));

    [UnmanagedCallersOnly]
    private static CudaResult cuPointerGetAttribute(uint* value, int attribute, nint address) => Call(
        fake =>
        {
            const int MemoryType = 2;
            const uint DeviceMemory = 2;
            if (attribute != MemoryType || !fake._memory.Any(memory => memory.Value.OnDevice && address >= memory.Key && address < memory.Key + memory.Value.Bytes)) return CudaResult.InvalidValue;
            return Set(value, DeviceMemory);
        },
        needsContext: false);

    [UnmanagedCallersOnly]
    private static CudaResult cuMemFreeHost(nint address) => Call(fake => fake.Free(address, onDevice: false));

    [UnmanagedCallersOnly]
    private static CudaResult cuMemcpyHtoDAsync_v2(nint to, nint from, nuint bytes, nint stream) => Call(fake =>
    {
        fake.RequireDevice(to, bytes);
        return fake.CopyBytes(to, from, bytes, stream, "copy to device");
    });

    [UnmanagedCallersOnly]
    private static CudaResult cuMemcpyDtoHAsync_v2(nint to, nint from, nuint bytes, nint stream) => Call(fake =>
    {
        fake.RequireDevice(from, bytes);
        return fake.CopyBytes(to, from, bytes, stream, "copy to host");
    });

    [UnmanagedCallersOnly]
    private static CudaResult cuMemcpyDtoDAsync_v2(nint to, nint from, nuint bytes, nint stream) => Call(fake =>
    {
        fake.RequireDevice(to, bytes);
        fake.RequireDevice(from, bytes);
        return fake.CopyBytes(to, from, bytes, stream, "copy");
    });

    [UnmanagedCallersOnly]
    private static CudaResult cuMemcpy2DAsync_v2(Memcpy2D* copy, nint stream)
    {
        Memcpy2D c = *copy;
        var cube = new Memcpy3D
        {
            SourceX = c.SourceX,
            SourceY = c.SourceY,
            SourceType = c.SourceType,
            SourceDevice = c.SourceDevice,
            SourcePitch = c.SourcePitch,
            SourceHeight = c.Height,
            DestinationX = c.DestinationX,
            DestinationY = c.DestinationY,
            DestinationType = c.DestinationType,
            DestinationDevice = c.DestinationDevice,
            DestinationPitch = c.DestinationPitch,
            DestinationHeight = c.Height,
            WidthInBytes = c.WidthInBytes,
            Height = c.Height,
            Depth = 1,
        };
        return Call(fake => fake.CopyCube(cube, stream, "copy of rows"));
    }

    [UnmanagedCallersOnly]
    private static CudaResult cuMemcpy3DAsync_v2(Memcpy3D* copy, nint stream)
    {
        Memcpy3D cube = *copy;
        return Call(fake => fake.CopyCube(cube, stream, "copy of slices"));
    }

    [UnmanagedCallersOnly]
    private static CudaResult cuMemsetD8Async(nint to, byte value, nuint bytes, nint stream) => Call(fake =>
    {
        fake.RequireDevice(to, bytes);
        return fake.Enqueue(stream, "set", () => NativeMemory.Fill((void*)to, bytes, value));
    });

    private static CudaResult Set<T>(T* where, T value)
        where T : unmanaged
    {
        *where = value;
        return CudaResult.Success;
    }

    private static CudaResult Answer(byte** where, string? text)
    {
        if (text is null) return CudaResult.InvalidValue;
        lock (Texts)
        {
            // Kept for good, as the driver's own are.
            if (!Texts.TryGetValue(text, out nint kept)) Texts.Add(text, kept = Marshal.StringToCoTaskMemUTF8(text));
            *where = (byte*)kept;
        }

        return CudaResult.Success;
    }

    [GeneratedRegex("(?<!^)([A-Z])")]
    private static partial Regex WordStart();

    private CudaResult CopyCube(Memcpy3D cube, nint stream, string kind)
    {
        if (cube.SourceType is not MemoryType.Device || cube.DestinationType is not MemoryType.Device) return CudaResult.InvalidValue;
        if (cube.WidthInBytes > cube.SourcePitch || cube.WidthInBytes > cube.DestinationPitch) return CudaResult.InvalidValue;
        if (cube.SourcePitch > (nuint)MaxPitch || cube.DestinationPitch > (nuint)MaxPitch) return CudaResult.InvalidValue;
        if (cube.Height > cube.SourceHeight || cube.Height > cube.DestinationHeight) return CudaResult.InvalidValue;
        nint from = cube.SourceDevice + (nint)(((cube.SourceZ * cube.SourceHeight) + cube.SourceY) * cube.SourcePitch + cube.SourceX);
        nint to = cube.DestinationDevice + (nint)(((cube.DestinationZ * cube.DestinationHeight) + cube.DestinationY) * cube.DestinationPitch + cube.DestinationX);
        RequireDevice(from, ((cube.Depth - 1) * cube.SourceHeight + cube.Height - 1) * cube.SourcePitch + cube.WidthInBytes);
        RequireDevice(to, ((cube.Depth - 1) * cube.DestinationHeight + cube.Height - 1) * cube.DestinationPitch + cube.WidthInBytes);
        return Enqueue(stream, kind, () =>
        {
            for (nuint z = 0; z < cube.Depth; z++)
            {
                for (nuint y = 0; y < cube.Height; y++)
                {
                    nuint source = (z * cube.SourceHeight + y) * cube.SourcePitch, destination = (z * cube.DestinationHeight + y) * cube.DestinationPitch;
                    NativeMemory.Copy((void*)(from + (nint)source), (void*)(to + (nint)destination), cube.WidthInBytes);
                }
            }
        });
    }
}
