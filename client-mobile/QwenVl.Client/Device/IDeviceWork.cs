namespace QwenVl.Client.Device;

/// <summary>Something that the device's thread does.</summary>
internal interface IDeviceWork
{
    /// <summary>Does it, on the device's thread. Never throws: it tells whoever waits.</summary>
    void Execute();
}
