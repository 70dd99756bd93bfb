using System.Buffers;
using System.Runtime.InteropServices;
using QwenVl.Model.Checkpoints;

namespace QwenVl.Engines.Weights;

/// <summary>Reads a checkpoint's numbers as float32.</summary>
internal static class TensorReader
{
    /// <param name="checkpoint">The checkpoint.</param>
    /// <param name="tensor">The tensor.</param>
    /// <param name="start">The first number's index.</param>
    /// <param name="destination">Filled whole.</param>
    public static void ReadFloats(this Checkpoint checkpoint, TensorEntry tensor, long start, Span<float> destination)
    {
        if (tensor.Type is TensorType.Float32)
        {
            checkpoint.Read(tensor, start * sizeof(float), MemoryMarshal.AsBytes(destination));
            return;
        }

        ushort[] halves = ArrayPool<ushort>.Shared.Rent(destination.Length);
        try
        {
            Span<ushort> source = halves.AsSpan(0, destination.Length);
            checkpoint.Read(tensor, start * sizeof(ushort), MemoryMarshal.AsBytes(source));
            if (tensor.Type is TensorType.Float16)
                for (int i = 0; i < source.Length; i++) destination[i] = (float)BitConverter.UInt16BitsToHalf(source[i]);
            else
                for (int i = 0; i < source.Length; i++) destination[i] = BitConverter.UInt32BitsToSingle((uint)source[i] << 16);
        }
        finally
        {
            ArrayPool<ushort>.Shared.Return(halves);
        }
    }
}
