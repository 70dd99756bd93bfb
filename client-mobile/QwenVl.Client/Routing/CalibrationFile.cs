namespace QwenVl.Client.Routing;

/// <summary>A device's calibration as it is kept in a file.</summary>
internal sealed record CalibrationFile
{
    /// <summary>The layout that this version reads and writes.</summary>
    public const int CurrentVersion = 1;

    /// <summary>The layout.</summary>
    public int Version { get; init; }

    /// <summary>What was measured: engines, their types, threads.</summary>
    public string? Engine { get; init; }

    /// <summary>The vision tower's times.</summary>
    public IReadOnlyList<VisionTime>? Vision { get; init; }

    /// <summary>As <see cref="DeviceFacts.PrepareSecondsPerMegapixel"/>.</summary>
    public double? PrepareSecondsPerMegapixel { get; init; }

    /// <summary>As <see cref="DeviceFacts.PrefillTokensPerSecond"/>.</summary>
    public double? PrefillTokensPerSecond { get; init; }

    /// <summary>As <see cref="DeviceFacts.DecodeTokensPerSecond"/>.</summary>
    public double? DecodeTokensPerSecond { get; init; }
}
