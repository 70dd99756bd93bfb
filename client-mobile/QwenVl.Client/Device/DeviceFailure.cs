namespace QwenVl.Client.Device;

/// <summary>What a caller is told of a failure on the device's thread.</summary>
internal static class DeviceFailure
{
    /// <returns>The failure itself where it says what to do, else <see cref="QwenVlErrorCode.DeviceFailed"/>.</returns>
    public static Exception Of(Exception error) => IsTold(error) ? error : new QwenVlException(QwenVlErrorCode.DeviceFailed, $"The device's engines failed: {error.Message}", error);

    /// <summary>Whether a caller is told of a failure as it is.</summary>
    public static bool IsTold(Exception error) => error is QwenVlException or OperationCanceledException or ObjectDisposedException;
}
