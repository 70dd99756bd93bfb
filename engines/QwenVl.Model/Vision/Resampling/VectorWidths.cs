using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace QwenVl.Model.Vision.Resampling;

/// <summary>What this processor has.</summary>
internal static class VectorWidths
{
    /// <summary>The widest.</summary>
    public static VectorWidth Best { get; } = Supports(VectorWidth.Bits512) ? VectorWidth.Bits512
        : Supports(VectorWidth.Bits256) ? VectorWidth.Bits256
        : Supports(VectorWidth.Bits128) ? VectorWidth.Bits128
        : VectorWidth.Scalar;

    /// <summary>Whether a width can be run here.</summary>
    public static bool Supports(VectorWidth width) => width switch
    {
        VectorWidth.Bits512 => Avx512BW.IsSupported && Avx512Vbmi.IsSupported,
        VectorWidth.Bits256 => Avx2.IsSupported,
        VectorWidth.Bits128 => Vector128.IsHardwareAccelerated,
        _ => true,
    };
}
