namespace QwenVl.Client.Device;

/// <summary>Opens a folder of engines as the device's model.</summary>
internal static class DeviceEngines
{
    /// <summary>Null where no folder is named.</summary>
    public static DeviceModel? Open(QwenVlClientOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Check();
        return options.DeviceEnginePath is null ? null : throw new QwenVlException(QwenVlErrorCode.NoDeviceEngines, "Engine folders cannot be opened yet.");
    }
}
