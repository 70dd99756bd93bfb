using System.Runtime.InteropServices;

namespace QwenVl.TensorRt.Cuda.Native;

/// <summary>CUgraphExecUpdateResultInfo: why an update was refused, and at which nodes.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct GraphUpdateInfo
{
    public int Result;
    public nint ErrorNode, ErrorFromNode;
}
