using QwenVl.Pictures.Fonts;

namespace QwenVl.Pictures.Sets;

/// <summary>Which pictures to draw.</summary>
public sealed record PictureSetOptions
{
    /// <summary>Names the set: the same seed gives the same pictures.</summary>
    public required ulong Seed { get; init; }

    /// <summary>How many; signs, scenes and pointing take turns.</summary>
    public required int Count { get; init; }

    /// <summary>Fonts of both splits.</summary>
    public required FontShelf Fonts { get; init; }

    /// <summary>Which fonts and combinations they may use.</summary>
    public PictureSplit Split { get; init; } = PictureSplit.Heldout;

    /// <summary>Sizes and degradations.</summary>
    public PictureOptions Pictures { get; init; } = new();
}
