namespace QwenVl.Model.Vision.Resampling;

/// <summary>Which instructions a pass runs on; all of them write the same bytes.</summary>
internal enum VectorWidth
{
    /// <summary>One number at a time: the reference, and what runs where there are no vectors.</summary>
    Scalar,

    /// <summary>Four sums at a time, on any processor with vectors of 128 bits, such as that of a phone.</summary>
    Bits128,

    /// <summary>Eight sums at a time, two products each, on x86 with AVX2.</summary>
    Bits256,

    /// <summary>Sixteen sums at a time, two products each, on x86 with AVX-512 VBMI.</summary>
    Bits512,
}
