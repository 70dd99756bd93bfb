using System.Runtime.InteropServices;

namespace QwenVl.TensorRt.Callbacks;

/// <summary>Device memory by the CUDA driver. On a machine without a driver no address lies in device memory.</summary>
internal sealed unsafe class DriverMemory : IDeviceMemory
{
    private const int MemoryTypeAttribute = 2;
    private const int DeviceMemoryType = 2;

    private static readonly Lazy<nint> Driver = new(Load);

    public static DriverMemory Instance { get; } = new();

    public bool Holds(nint address)
    {
        if (Driver.Value == 0) return false;
        uint type = 0;
        // An address that the driver knows nothing of is an ordinary one of the host, and an error here.
        int result = ((delegate* unmanaged<void*, int, ulong, int>)NativeLibrary.GetExport(Driver.Value, "cuPointerGetAttribute"))(&type, MemoryTypeAttribute, (ulong)address);
        return result == 0 && type == DeviceMemoryType;
    }

    public void Copy(nint address, ReadOnlySpan<byte> bytes, nint cudaStream)
    {
        fixed (byte* source = bytes)
        {
            Check(((delegate* unmanaged<ulong, void*, nuint, nint, int>)NativeLibrary.GetExport(Driver.Value, "cuMemcpyHtoDAsync_v2"))((ulong)address, source, (nuint)bytes.Length, cudaStream), "cuMemcpyHtoDAsync");
            Check(((delegate* unmanaged<nint, int>)NativeLibrary.GetExport(Driver.Value, "cuStreamSynchronize"))(cudaStream), "cuStreamSynchronize");
        }
    }

    private static void Check(int result, string call)
    {
        if (result != 0) throw new TensorRtException($"{call} failed with CUDA error {result} while a plan was loaded.");
    }

    private static nint Load() => NativeLibrary.TryLoad("libcuda.so.1", out nint driver) || NativeLibrary.TryLoad("nvcuda.dll", out driver) ? driver : 0;
}
