namespace QwenVl.Client.Routing;

/// <summary>What only the app knows. Set <see cref="QwenVlClient.Hints"/> whenever it changes.</summary>
public sealed record DeviceHints
{
    /// <summary>Nothing is known.</summary>
    public static DeviceHints None { get; } = new();

    /// <summary>The network's bytes cost money: they count as time when routes are compared.</summary>
    public bool IsMetered { get; init; }

    /// <summary>The battery is low: the device's work counts twice when routes are compared.</summary>
    public bool IsBatteryLow { get; init; }

    /// <summary>Bytes a second towards the server, as the operating system estimates it; used until a transfer has been measured. Null: unknown.</summary>
    public double? UpBytesPerSecond { get; init; }

    /// <summary>Bytes a second from the server, as the operating system estimates it; used until a transfer has been measured. Null: unknown.</summary>
    public double? DownBytesPerSecond { get; init; }
}
