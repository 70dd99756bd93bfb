namespace QwenVl.TensorRt;

/// <summary>The shapes that an input may have within one optimization profile; all of one rank.</summary>
/// <param name="Min">The least length of each dimension.</param>
/// <param name="Opt">The lengths that kernels are chosen for.</param>
/// <param name="Max">The largest length of each dimension.</param>
public readonly record struct ShapeRange(TensorShape Min, TensorShape Opt, TensorShape Max)
{
    /// <summary>Whether a shape lies within the range in each dimension.</summary>
    public bool Contains(TensorShape shape)
    {
        if (shape.Rank != Min.Rank || shape.Rank != Max.Rank) return false;
        for (int dimension = 0; dimension < shape.Rank; dimension++)
        {
            if (shape[dimension] < Min[dimension] || shape[dimension] > Max[dimension]) return false;
        }

        return true;
    }

    /// <summary>For example "[1, 1] to [8, 256]".</summary>
    public override string ToString() => $"{Min} to {Max}";
}
