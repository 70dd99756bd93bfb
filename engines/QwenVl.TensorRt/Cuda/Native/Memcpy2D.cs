using System.Runtime.InteropServices;

namespace QwenVl.TensorRt.Cuda.Native;

/// <summary>CUDA_MEMCPY2D of the driver: 16 words. Offsets are in bytes, pitches are bytes from row to row.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct Memcpy2D
{
    public nuint SourceX, SourceY;
    public MemoryType SourceType;
    public nint SourceHost, SourceDevice, SourceArray;
    public nuint SourcePitch;
    public nuint DestinationX, DestinationY;
    public MemoryType DestinationType;
    public nint DestinationHost, DestinationDevice, DestinationArray;
    public nuint DestinationPitch;
    public nuint WidthInBytes, Height;
}
