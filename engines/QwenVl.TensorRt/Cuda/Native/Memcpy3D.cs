using System.Runtime.InteropServices;

namespace QwenVl.TensorRt.Cuda.Native;

/// <summary>CUDA_MEMCPY3D of the driver: 25 words. Heights are rows from slice to slice.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct Memcpy3D
{
    public nuint SourceX, SourceY, SourceZ, SourceLevel;
    public MemoryType SourceType;
    public nint SourceHost, SourceDevice, SourceArray, SourceReserved;
    public nuint SourcePitch, SourceHeight;
    public nuint DestinationX, DestinationY, DestinationZ, DestinationLevel;
    public MemoryType DestinationType;
    public nint DestinationHost, DestinationDevice, DestinationArray, DestinationReserved;
    public nuint DestinationPitch, DestinationHeight;
    public nuint WidthInBytes, Height, Depth;
}
