namespace QwenVl.Pictures;

/// <summary>A range of sizes and how often it is chosen.</summary>
/// <param name="Least">Pixels of the longer side, at least 200.</param>
/// <param name="Most">Pixels of the longer side, at most 1,600.</param>
/// <param name="Weight">Its share, relative to the other ranges.</param>
public sealed record SizeBand(double Least, double Most, double Weight);

/// <summary>How pictures are sized and spoiled. The defaults are what the checkpoints are trained and judged on.</summary>
public sealed record PictureOptions
{
    /// <summary>The longer side in pixels.</summary>
    public IReadOnlyList<SizeBand> Sizes { get; init; } = [new(200, 300, 0.10), new(300, 560, 0.58), new(560, 760, 0.18), new(760, 1100, 0.09), new(1100, 1600, 0.05)];

    /// <summary>The longer side over the shorter one, at most.</summary>
    public double MaxAspect { get; init; } = 2;

    /// <summary>The shorter side in pixels, at least.</summary>
    public int LeastShortSide { get; init; } = 160;

    /// <summary>Degrees, to either side.</summary>
    public double MaxRotation { get; init; } = 12;

    /// <summary>How far a corner moves, as a share of the object's height or half its width.</summary>
    public double MaxPerspective { get; init; } = 0.10;

    /// <summary>The share of pictures seen askew; the others are upright.</summary>
    public double AskewShare { get; init; } = 0.75;

    /// <summary>The share of blurred pictures.</summary>
    public double BlurShare { get; init; } = 0.35;

    /// <summary>Blur as a share of the smallest letter's x-height, at most.</summary>
    public double MaxBlur { get; init; } = 0.08;

    /// <summary>The share of noisy pictures.</summary>
    public double NoiseShare { get; init; } = 0.5;

    /// <summary>Standard deviation of the noise in levels of 255, at most.</summary>
    public double MaxNoise { get; init; } = 14;

    /// <summary>Brightness changes by up to this share of the range.</summary>
    public double MaxBrightness { get; init; } = 0.08;

    /// <summary>Contrast is multiplied by 1 plus or minus at most this.</summary>
    public double MaxContrast { get; init; } = 0.18;

    /// <summary>Lowest JPEG quality.</summary>
    public int LeastQuality { get; init; } = 35;

    /// <summary>Highest JPEG quality.</summary>
    public int MostQuality { get; init; } = 95;

    /// <summary>The share of pictures saved without loss, as PNG.</summary>
    public double PngShare { get; init; } = 0.08;

    /// <summary>x-height of the smallest line after the resize to the 512 budget, in pixels.</summary>
    public double LeastXHeight { get; init; } = 14;

    /// <summary>Height of the smallest Chinese character after that resize, in pixels.</summary>
    public double LeastChineseHeight { get; init; } = 34;

    /// <summary>The share of signs in fine print, on pictures large enough for it: no letter of theirs can be read at the 512 budget, all can at 1024.</summary>
    public double FineShare { get; init; }

    /// <summary>Longer sides of pictures with fine print, in pixels.</summary>
    public SizeBand FineSizes { get; init; } = new(1200, 1600, 1);

    /// <summary>The longer side of pictures with fine print over the shorter one, at most: of longer ones the budgets keep too much alike.</summary>
    public double MaxFineAspect { get; init; } = 1.5;

    /// <summary>How often signs, scenes and pointing are chosen where the caller names no kind.</summary>
    public IReadOnlyList<double> KindWeights { get; init; } = [0.45, 0.3, 0.25];

    /// <summary>The share of pictures whose sides are multiples of 32, so that those within the budget are not resized: they cost less to prepare.</summary>
    public double AlignedShare { get; init; }

    /// <summary>Whether signs and scenes also ask for boxes, and pointing pictures for text and shapes: more to learn from a picture.</summary>
    public bool MixesTasks { get; init; }

    /// <summary>The same without pictures whose longer side is under <paramref name="leastSide"/> pixels, at most 1,600.</summary>
    public PictureOptions From(double leastSide) => this with
    {
        Sizes = [.. Sizes.Where(band => band.Most > leastSide || band == Sizes[^1]).Select(band => band with { Least = Math.Max(band.Least, leastSide) })],
    };

    /// <summary>The same without pictures whose longer side is over <paramref name="longestSide"/> pixels, at least 200.</summary>
    public PictureOptions UpTo(double longestSide) => this with
    {
        Sizes = [.. Sizes.Where(band => band.Least < longestSide || band == Sizes[0]).Select(band => band with { Most = Math.Min(band.Most, longestSide) })],
    };
}
