using System.Numerics.Tensors;

namespace QwenVl.Model.Features;

/// <summary>
/// A picture in <see cref="Length"/> numbers: the mean of its main feature rows through a fixed orthogonal projection,
/// scaled to length 1. The projection is the Gram-Schmidt orthonormalisation of Gaussian numbers drawn by SplitMix64
/// from <see cref="Seed"/> through Box-Muller, so it is the same on every machine. Up to <see cref="Length"/> input
/// numbers it is an isometry and cosines stay as they are; beyond, it is a Johnson-Lindenstrauss projection and they
/// stay within a few hundredths. Safe for concurrent use.
/// </summary>
public sealed class FeatureProjection
{
    /// <summary>Numbers of the vector.</summary>
    public const int Length = 512;

    /// <summary>Names the projection.</summary>
    public const ulong Seed = 0x5157_454e_564c_3531;

    private readonly int _width;
    private readonly float[] _rows;

    /// <param name="width">Numbers of a feature row, at least 1.</param>
    public FeatureProjection(int width)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        _width = width;
        // The shorter side's vectors are made orthonormal; stored so that row i gives output number i.
        int vectors = Math.Min(width, Length), dimension = Math.Max(width, Length);
        float[] basis = OrthonormalVectors(vectors, dimension);
        _rows = width >= Length ? basis : Transpose(basis, vectors, dimension);
    }

    /// <summary>Projects the mean of feature rows.</summary>
    /// <param name="rows">[tokens, width], at least one row.</param>
    /// <param name="output">Receives <see cref="Length"/> numbers of length 1; all zero where the mean is zero.</param>
    /// <exception cref="ArgumentException">A length is wrong.</exception>
    public void Project(ReadOnlySpan<float> rows, Span<float> output)
    {
        if (rows.Length == 0 || rows.Length % _width != 0) throw new ArgumentException($"{rows.Length} numbers are no rows of {_width}.", nameof(rows));
        if (output.Length != Length) throw new ArgumentException($"The output takes {Length} numbers.", nameof(output));
        var mean = new float[_width];
        for (int at = 0; at < rows.Length; at += _width) TensorPrimitives.Add(mean, rows.Slice(at, _width), mean);
        for (int i = 0; i < Length; i++) output[i] = TensorPrimitives.Dot(mean, _rows.AsSpan(i * _width, _width));
        float norm = TensorPrimitives.Norm<float>(output);
        if (norm > 0) TensorPrimitives.Divide(output, norm, output);
    }

    private static float[] OrthonormalVectors(int count, int dimension)
    {
        var values = new float[count * dimension];
        ulong state = Seed;
        for (int i = 0; i < count; i++)
        {
            Span<float> vector = values.AsSpan(i * dimension, dimension);
            for (int k = 0; k < dimension; k++) vector[k] = Gaussian(ref state);
            // Twice: once loses orthogonality to rounding.
            for (int pass = 0; pass < 2; pass++)
                for (int other = 0; other < i; other++)
                {
                    ReadOnlySpan<float> before = values.AsSpan(other * dimension, dimension);
                    TensorPrimitives.MultiplyAdd(before, -TensorPrimitives.Dot<float>(vector, before), vector, vector);
                }

            TensorPrimitives.Divide(vector, TensorPrimitives.Norm<float>(vector), vector);
        }

        return values;
    }

    private static float[] Transpose(float[] values, int rows, int columns)
    {
        var result = new float[values.Length];
        for (int row = 0; row < rows; row++)
            for (int column = 0; column < columns; column++) result[column * rows + row] = values[row * columns + column];
        return result;
    }

    private static float Gaussian(ref ulong state)
    {
        double radius = Math.Sqrt(-2 * Math.Log(1 - Uniform(ref state)));
        return (float)(radius * Math.Cos(2 * Math.PI * Uniform(ref state)));
    }

    private static double Uniform(ref ulong state)
    {
        ulong z = state += 0x9e3779b97f4a7c15;
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
        z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
        return ((z ^ (z >> 31)) >> 11) * (1.0 / (1ul << 53));
    }
}
