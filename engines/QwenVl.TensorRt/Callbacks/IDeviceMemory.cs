namespace QwenVl.TensorRt.Callbacks;

/// <summary>What a stream reader needs of the CUDA driver.</summary>
internal interface IDeviceMemory
{
    /// <summary>Whether an address lies in device memory.</summary>
    bool Holds(nint address);

    /// <summary>Copies bytes to device memory, ordered in a stream; the bytes can be reused after the return.</summary>
    void Copy(nint address, ReadOnlySpan<byte> bytes, nint cudaStream);
}
