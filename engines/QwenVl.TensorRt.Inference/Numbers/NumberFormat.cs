using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using QwenVl.TensorRt.Inference.Plans;

namespace QwenVl.TensorRt.Inference.Numbers;

/// <summary>Brings numbers into a plan's compute type and back.</summary>
internal static class NumberFormat
{
    private const int HalfOfWord = 16;

    /// <summary>From float32 to the type of a plan's tensor, rounded to nearest, ties to even.</summary>
    public static void Narrow(ReadOnlySpan<float> source, PlanElement element, Span<byte> destination)
    {
        switch (element)
        {
            case PlanElement.Float32:
                MemoryMarshal.AsBytes(source).CopyTo(destination);
                break;
            case PlanElement.Float16:
                TensorPrimitives.ConvertToHalf(source, MemoryMarshal.Cast<byte, Half>(destination));
                break;
            case PlanElement.BFloat16:
                Narrow(MemoryMarshal.Cast<float, uint>(source), MemoryMarshal.Cast<byte, ushort>(destination));
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(element), element, "No type to compute in.");
        }
    }

    /// <summary>From the type of a plan's tensor to float32, exactly.</summary>
    public static void Widen(ReadOnlySpan<byte> source, PlanElement element, Span<float> destination)
    {
        switch (element)
        {
            case PlanElement.Float32:
                source.CopyTo(MemoryMarshal.AsBytes(destination));
                break;
            case PlanElement.Float16:
                TensorPrimitives.ConvertToSingle(MemoryMarshal.Cast<byte, Half>(source), destination);
                break;
            case PlanElement.BFloat16:
                Widen(MemoryMarshal.Cast<byte, ushort>(source), MemoryMarshal.Cast<float, uint>(destination));
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(element), element, "No type to compute in.");
        }
    }

    private static void Narrow(ReadOnlySpan<uint> source, Span<ushort> destination)
    {
        const uint Quiet = 0x40, Rounding = 0x7fff, Infinity = 0x7f800000, Magnitude = 0x7fffffff;
        for (int i = 0; i < source.Length; i++)
        {
            uint bits = source[i];
            // Rounding must not carry a NaN over into infinity.
            destination[i] = (ushort)((bits & Magnitude) > Infinity ? bits >> HalfOfWord | Quiet : bits + Rounding + (bits >> HalfOfWord & 1) >> HalfOfWord);
        }
    }

    private static void Widen(ReadOnlySpan<ushort> source, Span<uint> destination)
    {
        TensorPrimitives.ConvertTruncating(source, destination[..source.Length]);
        TensorPrimitives.ShiftLeft(destination[..source.Length], HalfOfWord, destination);
    }
}
