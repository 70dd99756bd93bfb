using System.Buffers;
using System.Runtime.InteropServices;

namespace QwenVl.TensorRt.Onnx;

/// <summary>Memory pinned until everything that reads it is gone.</summary>
internal sealed unsafe class PinnedMemory : SafeHandle
{
    private MemoryHandle _memory;

    public PinnedMemory(ReadOnlyMemory<byte> memory)
        : base(0, ownsHandle: true)
    {
        _memory = memory.Pin();
        SetHandle((nint)_memory.Pointer);
    }

    public override bool IsInvalid => false;

    protected override bool ReleaseHandle()
    {
        _memory.Dispose();
        return true;
    }
}
