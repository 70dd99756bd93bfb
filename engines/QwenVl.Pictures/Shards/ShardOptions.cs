using QwenVl.Pictures.Fonts;

namespace QwenVl.Pictures.Shards;

/// <summary>Which training shards to write.</summary>
internal sealed record ShardOptions
{
    public required ulong Seed { get; init; }

    public required FontShelf Fonts { get; init; }

    public required string Folder { get; init; }

    public required int Shards { get; init; }

    public int FirstShard { get; init; }

    public int Workers { get; init; } = 1;

    public int PicturesPerShard { get; init; } = 512;

    /// <summary>The share of pictures prepared for the 1024 budget; the others are for 512.</summary>
    public double Budget1024Share { get; init; } = 0.12;

    /// <summary>The share of signs in fine print among those prepared for the 1024 budget.</summary>
    public double FineShare { get; init; }

    public PictureSplit Split { get; init; } = PictureSplit.Train;

    /// <summary>Wait while this many finished shards lie in the folder, until somebody takes them away; 0 never waits.</summary>
    public int MostWaiting { get; init; }

    /// <summary>Sizes and degradations.</summary>
    public PictureOptions Pictures { get; init; } = ForTraining;

    /// <summary>As the pictures that checkpoints are judged on, but more questions each, and more of those that cost little to prepare.</summary>
    public static PictureOptions ForTraining { get; } = new() { MixesTasks = true, PngShare = 0.35, AlignedShare = 0.4 };
}
