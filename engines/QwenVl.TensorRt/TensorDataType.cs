namespace QwenVl.TensorRt;

/// <summary>What a tensor's elements are; the numbers are TensorRT's own.</summary>
public enum TensorDataType
#pragma warning disable CA1720 // These are names of types.
{
    /// <summary>32-bit floating point.</summary>
    Float32 = 0,

    /// <summary>16-bit IEEE floating point.</summary>
    Float16 = 1,

    /// <summary>8-bit whole number, quantised.</summary>
    Int8 = 2,

    /// <summary>32-bit whole number.</summary>
    Int32 = 3,

    /// <summary>One byte, 0 or 1.</summary>
    Bool = 4,

    /// <summary>8-bit whole number without sign.</summary>
    UInt8 = 5,

    /// <summary>8-bit floating point, E4M3.</summary>
    Float8 = 6,

    /// <summary>16-bit brain floating point.</summary>
    BFloat16 = 7,

    /// <summary>64-bit whole number.</summary>
    Int64 = 8,

    /// <summary>4-bit whole number, two in a byte.</summary>
    Int4 = 9,

    /// <summary>4-bit floating point, E2M1, two in a byte.</summary>
    Float4 = 10,

    /// <summary>8-bit power of two, for block scales.</summary>
    E8M0 = 11,
}
#pragma warning restore CA1720

/// <summary>Sizes of data types.</summary>
public static class TensorDataTypes
{
    /// <summary>Bits of one element.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A type that this library does not know.</exception>
    public static int Bits(this TensorDataType type) => type switch
    {
        TensorDataType.Float32 or TensorDataType.Int32 => 32,
        TensorDataType.Float16 or TensorDataType.BFloat16 => 16,
        TensorDataType.Int8 or TensorDataType.Bool or TensorDataType.UInt8 or TensorDataType.Float8 or TensorDataType.E8M0 => 8,
        TensorDataType.Int64 => 64,
        TensorDataType.Int4 or TensorDataType.Float4 => 4,
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "A data type that this library does not know."),
    };

    /// <summary>Bytes of so many elements, rounded up to whole bytes.</summary>
    /// <exception cref="OverflowException">More than 2^63 bits.</exception>
    public static long Bytes(this TensorDataType type, long elements) => checked((elements * type.Bits() + 7) / 8);
}
