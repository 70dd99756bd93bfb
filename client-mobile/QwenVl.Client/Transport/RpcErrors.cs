using Google.Rpc;
using Grpc.Core;
using RpcCode = Google.Rpc.Code;

namespace QwenVl.Client.Transport;

/// <summary>Turns gRPC statuses into this library's errors.</summary>
internal static class RpcErrors
{
    /// <summary>A call that ended with an error.</summary>
    public static QwenVlException FromCall(RpcException error, QwenVlErrorCode unreachable)
    {
        string? reason = error.GetRpcStatus()?.GetDetail<ErrorInfo>()?.Reason;
        QwenVlErrorCode code = error.StatusCode is StatusCode.Unavailable or StatusCode.Cancelled or StatusCode.Unknown && reason is null
            ? unreachable
            : CodeOf((RpcCode)(int)error.StatusCode, reason);
        string detail = error.Status.Detail is { Length: > 0 } text ? text : error.StatusCode.ToString();
        string message = code switch
        {
            QwenVlErrorCode.ConnectionLost => $"The connection broke: {detail}. Call ConnectAsync again.",
            QwenVlErrorCode.ConnectionFailed => $"The server cannot be reached: {detail}. Is it running, and is this its gRPC address?",
            _ => $"The server refused: {detail}",
        };
        return new QwenVlException(code, message, error) { ServerReason = reason };
    }

    /// <summary>One question that failed on a stream that goes on.</summary>
    public static QwenVlException FromQuestion(int code, string reason, string message) =>
        new(CodeOf((RpcCode)code, reason), $"The server could not answer: {(message.Length > 0 ? message : reason)}") { ServerReason = reason.Length > 0 ? reason : null };

    private static QwenVlErrorCode CodeOf(RpcCode code, string? reason) => code switch
    {
        _ when Says(reason, "TOKENIZER") => QwenVlErrorCode.TokenizerMismatch,
        _ when Says(reason, "FINGERPRINT") || Says(reason, "CHECKPOINT") => QwenVlErrorCode.CheckpointMismatch,
        _ when Says(reason, "VERSION") => QwenVlErrorCode.VersionMismatch,
        _ when Says(reason, "CHECKSUM") || Says(reason, "CHUNK") => QwenVlErrorCode.ProtocolViolation,
        _ when Says(reason, "PROMPT") || Says(reason, "CONTEXT") => code == RpcCode.InvalidArgument && Says(reason, "EMPTY") ? QwenVlErrorCode.InvalidArgument : QwenVlErrorCode.PromptTooLong,
        _ when Says(reason, "IMAGE") || Says(reason, "PICTURE") => Says(reason, "LARGE") || Says(reason, "PIXELS") || Says(reason, "LIMIT") ? QwenVlErrorCode.ImageTooLarge : QwenVlErrorCode.ImageUnreadable,
        RpcCode.InvalidArgument or RpcCode.OutOfRange => QwenVlErrorCode.InvalidArgument,
        RpcCode.FailedPrecondition => QwenVlErrorCode.CheckpointMismatch,
        RpcCode.ResourceExhausted => QwenVlErrorCode.LimitExceeded,
        RpcCode.DeadlineExceeded => QwenVlErrorCode.Timeout,
        RpcCode.Unavailable => QwenVlErrorCode.ConnectionLost,
        _ => QwenVlErrorCode.ServerFailed,
    };

    private static bool Says(string? reason, string word) => reason?.Contains(word, StringComparison.Ordinal) ?? false;
}
