using System.Globalization;

namespace QwenVl.TensorRt.Cuda;

/// <summary>
/// An address in device memory. It is a number to hand to the driver or to TensorRT: the host cannot read or write
/// there, and it keeps nothing alive, so it must not be used after its <see cref="CudaDeviceVariable{T}"/> is disposed.
/// </summary>
/// <param name="Address">The address in the device's unified address space; 0 is none.</param>
public readonly record struct CudaDevicePointer(ulong Address)
{
    /// <summary>True for address 0.</summary>
    public bool IsNull => Address == 0;

    /// <summary>The address so many bytes further on. Nothing checks that it still lies within the same memory.</summary>
    /// <exception cref="OverflowException">There is no such address.</exception>
    public CudaDevicePointer Offset(long bytes) => new(checked((ulong)((Int128)Address + bytes)));

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"0x{Address:X}");
}
