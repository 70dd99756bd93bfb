using System.Buffers.Binary;

namespace QwenVl.TensorRt.Execution;

/// <summary>
/// What the first bytes of a plan say: whose it is, of which version, how long. Observed, not documented, so that a beginning
/// that is not known is left to TensorRT to judge.
/// </summary>
internal readonly record struct PlanHeader(TensorRtVersion Version, long Length)
{
    public const int Bytes = 32;

    private const int LengthOffset = 16;
    private const int VersionOffset = 24;

    public static PlanHeader? Read(ReadOnlySpan<byte> plan)
    {
        if (plan.Length < Bytes) return null;
        TensorRtProduct? product = plan[..4] switch
        {
            [(byte)'f', (byte)'t', (byte)'r', (byte)'t'] => TensorRtProduct.TensorRt,
            [(byte)'v', (byte)'t', (byte)'r', (byte)'t'] => TensorRtProduct.TensorRtRtx,
            _ => null,
        };
        return product is TensorRtProduct known
            ? new PlanHeader(new TensorRtVersion(known, plan[VersionOffset], plan[VersionOffset + 1], plan[VersionOffset + 2]), BinaryPrimitives.ReadInt64LittleEndian(plan[LengthOffset..]))
            : null;
    }

    /// <summary>Refuses what cannot be a plan of the loaded library, before native code reads it.</summary>
    /// <exception cref="TensorRtException">The bytes are no plan, a part of one, or one of the other product.</exception>
    public static void Check(ReadOnlySpan<byte> beginning, long length, TensorRtVersion library)
    {
        if (length < Bytes) throw new TensorRtException($"{length} bytes are no plan.");
        if (Read(beginning) is not PlanHeader header) return;
        if (header.Version.Product != library.Product) throw new TensorRtException($"The plan was built by {header.Version}; the loaded library is {library}.");
        if (header.Length > length) throw new TensorRtException($"The plan is cut off: it has {length} of {header.Length} bytes.");
    }
}
