using QwenVl.Client.Native.Abi;

namespace QwenVl.Client.Native.Calls;

/// <summary>Which status an exception becomes.</summary>
internal static class StatusOf
{
    /// <summary>The status; <see cref="NativeStatus.Failed"/> for what has no number of its own.</summary>
    public static NativeStatus Exception(Exception error) => error switch
    {
        NativeCallException call => call.Status,
        QwenVlException known => Code(known.Code),
        OperationCanceledException => NativeStatus.Cancelled,
        // Another thread freed it between the look-up and the use.
        ObjectDisposedException => NativeStatus.InvalidHandle,
        TimeoutException => NativeStatus.Timeout,
        ArgumentException => NativeStatus.InvalidArgument,
        _ => NativeStatus.Failed,
    };

    /// <summary>By name: the numbers are the header's, whatever order the library has its codes in.</summary>
    internal static NativeStatus Code(QwenVlErrorCode code) =>
        Enum.TryParse(code.ToString(), out NativeStatus status) && Enum.IsDefined(code) ? status : NativeStatus.Failed;
}
