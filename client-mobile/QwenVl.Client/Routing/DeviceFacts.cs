namespace QwenVl.Client.Routing;

/// <summary>How fast this device's engines are, measured by <see cref="QwenVlClient.WarmUp"/> and corrected by every answer.</summary>
public sealed record DeviceFacts
{
    /// <summary>Numbers in a row of features.</summary>
    public int FeatureWidth { get; init; }

    /// <summary>Planes of features besides the main one.</summary>
    public int TapCount { get; init; }

    /// <summary>Seconds to read a picture and cut it into patches, for each million of its pixels.</summary>
    public double? PrepareSecondsPerMegapixel { get; init; }

    /// <summary>The vision tower's times, of pictures of different sizes, smallest first; empty where none was measured.</summary>
    public IReadOnlyList<VisionTime> Vision { get; init; } = [];

    /// <summary>Prompt tokens that the decoder takes in a second, those of the picture included.</summary>
    public double? PrefillTokensPerSecond { get; init; }

    /// <summary>Tokens that the decoder writes a second.</summary>
    public double? DecodeTokensPerSecond { get; init; }

    /// <summary>Seconds of the vision tower for a picture: in proportion to the time measured for the size nearest to it.</summary>
    /// <param name="tokens">Tokens of the picture, at least 1.</param>
    /// <returns>Null where nothing was measured.</returns>
    public double? VisionSeconds(int tokens)
    {
        if (Vision.Count == 0) return null;
        VisionTime nearest = Vision.MinBy(time => Math.Abs(Math.Log((double)time.Tokens / tokens)));
        return nearest.Seconds * tokens / nearest.Tokens;
    }
}
