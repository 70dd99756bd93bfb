namespace QwenVl.Model.Vision;

/// <summary>A picture's size in patches of 16 pixels; both sides are even, since 2 by 2 patches make one visual token.</summary>
/// <param name="Height">Patches from top to bottom.</param>
/// <param name="Width">Patches from left to right.</param>
public readonly record struct ImageGrid(int Height, int Width)
{
    /// <summary>Pixels a patch's side.</summary>
    public const int PatchSize = 16;

    /// <summary>Patches a visual token's side.</summary>
    public const int MergeSize = 2;

    /// <summary>Numbers of one folded patch row: 3 channels of 16 by 16.</summary>
    public const int PatchLength = 3 * PatchSize * PatchSize;

    /// <summary>Number of patches.</summary>
    public int Patches => Height * Width;

    /// <summary>Number of visual tokens: a quarter of <see cref="Patches"/>.</summary>
    public int Tokens => Patches / (MergeSize * MergeSize);

    /// <summary>Height in pixels.</summary>
    public int PixelHeight => Height * PatchSize;

    /// <summary>Width in pixels.</summary>
    public int PixelWidth => Width * PatchSize;

    /// <inheritdoc/>
    public override string ToString() => $"{Height}x{Width}";
}
