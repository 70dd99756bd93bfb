namespace QwenVl.Client.Answers;

/// <summary>Who does what.</summary>
public enum Route
{
    /// <summary>
    /// The best for this question, as <see cref="QwenVlClientOptions.RoutingPolicy"/> decides from what has been measured; where
    /// there is no open connection the device, where there are no engines the server.
    /// </summary>
    Auto,

    /// <summary>The server begins the answer and sends features; the device takes over when it is ready.</summary>
    Hybrid,

    /// <summary>The server writes the whole answer.</summary>
    CloudOnly,

    /// <summary>The server computes the features, the device writes the whole answer.</summary>
    CloudFeatures,

    /// <summary>The device does everything; nothing leaves it.</summary>
    DeviceOnly,
}
