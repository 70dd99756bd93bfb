namespace QwenVl.TensorRt.Cuda.Native;

/// <summary>CUmemorytype: which of the pointers of a pitched copy holds.</summary>
internal enum MemoryType
{
    None = 0,
    Host = 1,
    Device = 2,
}
