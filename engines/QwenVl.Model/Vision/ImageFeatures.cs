namespace QwenVl.Model.Vision;

/// <summary>What a vision tower computes from one picture: one main row a visual token, and one row a token for each tap.</summary>
public sealed class ImageFeatures
{
    /// <param name="grid">The picture's size in patches.</param>
    /// <param name="width">Numbers a row.</param>
    /// <param name="tapCount">Number of DeepStack taps.</param>
    /// <param name="values">[1 + tapCount, grid.Tokens, width], main plane first; kept, not copied.</param>
    /// <exception cref="ArgumentException"><paramref name="values"/> has another length.</exception>
    public ImageFeatures(ImageGrid grid, int width, int tapCount, float[] values)
    {
        ArgumentNullException.ThrowIfNull(values);
        if (values.Length != (1 + tapCount) * grid.Tokens * width)
            throw new ArgumentException($"{values.Length} numbers where (1 + {tapCount}) x {grid.Tokens} x {width} were expected.", nameof(values));
        (Grid, Width, TapCount, Values) = (grid, width, tapCount, values);
    }

    /// <summary>The picture's size in patches.</summary>
    public ImageGrid Grid { get; }

    /// <summary>Numbers a row.</summary>
    public int Width { get; }

    /// <summary>Number of DeepStack taps.</summary>
    public int TapCount { get; }

    /// <summary>Rows a plane: the picture's visual tokens.</summary>
    public int Tokens => Grid.Tokens;

    /// <summary>All planes, [1 + TapCount, Tokens, Width].</summary>
    public float[] Values { get; }

    /// <summary>What <see cref="Values"/> takes in memory.</summary>
    public long SizeInBytes => (long)Values.Length * sizeof(float);

    /// <summary>The rows that replace the visual tokens' embeddings, [Tokens, Width].</summary>
    public ReadOnlySpan<float> Main => Plane(0);

    /// <summary>The rows added after decoder layer <paramref name="index"/>, [Tokens, Width].</summary>
    public ReadOnlySpan<float> Tap(int index) => Plane(1 + index);

    private ReadOnlySpan<float> Plane(int index) => Values.AsSpan(index * Tokens * Width, Tokens * Width);
}
