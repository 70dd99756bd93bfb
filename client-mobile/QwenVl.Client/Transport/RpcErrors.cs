using Google.Rpc;
using Grpc.Core;
using QwenVl.Protos.V1;
using RpcCode = Google.Rpc.Code;

namespace QwenVl.Client.Transport;

/// <summary>Turns gRPC statuses into this library's errors.</summary>
internal static class RpcErrors
{
    /// <summary>A call that ended with an error.</summary>
    /// <param name="error">What the transport says.</param>
    /// <param name="unreachable">What it means when the server itself said nothing.</param>
    /// <param name="server">Where the server should be; null where the caller brought a connection of its own.</param>
    public static QwenVlException FromCall(RpcException error, QwenVlErrorCode unreachable, Uri? server)
    {
        Google.Rpc.Status? status = error.GetRpcStatus();
        string? reason = status?.GetDetail<ErrorInfo>()?.Reason;
        // A status without a reason is the transport's, not the server's.
        QwenVlErrorCode code = reason is null && error.StatusCode is (StatusCode.Unavailable or StatusCode.Cancelled or StatusCode.Unknown or StatusCode.Internal)
            ? unreachable
            : CodeOf((RpcCode)(int)error.StatusCode, reason);
        // The transport's own words ("connection refused") say more than the status they end up in.
        string cause = error.Status.DebugException?.GetBaseException().Message ?? error.Status.Detail;
        string detail = (reason is null && cause.Length > 0 ? cause : error.Status.Detail is { Length: > 0 } text ? text : error.StatusCode.ToString()).TrimEnd('.');
        string message = code switch
        {
            QwenVlErrorCode.ConnectionLost => $"The connection broke: {detail}. Ask again when the server can be reached.",
            QwenVlErrorCode.ConnectionFailed => $"The server{(server is null ? "" : $" at {server}")} cannot be reached: {detail}. Is it running, and is this its gRPC address?",
            _ => $"The server refused: {detail}",
        };
        return new QwenVlException(code, message, error) { ServerReason = reason, RetryAfter = WaitOf(status?.GetDetail<RetryInfo>()) };
    }

    /// <summary>One question that failed on a stream that goes on.</summary>
    public static QwenVlException FromQuestion(QuestionFailed failed) =>
        new(CodeOf((RpcCode)failed.Code, failed.Reason), $"The server could not answer: {(failed.Message.Length > 0 ? failed.Message : failed.Reason)}")
        {
            ServerReason = failed.Reason.Length > 0 ? failed.Reason : null,
            RetryAfter = failed.RetryAfterMs > 0 ? TimeSpan.FromMilliseconds(failed.RetryAfterMs) : null,
        };

    /// <summary>A server's number is not trusted to be one.</summary>
    private static TimeSpan? WaitOf(RetryInfo? retry) => retry?.RetryDelay is { Seconds: >= 0 and < int.MaxValue, Nanos: >= 0 } wait ? TimeSpan.FromSeconds(wait.Seconds + wait.Nanos / 1e9) : null;

    private static QwenVlErrorCode CodeOf(RpcCode code, string? reason) => reason switch
    {
        "UNSUPPORTED_IMAGE" or "TRUNCATED_IMAGE" or "DAMAGED_IMAGE" or "ANIMATED_IMAGE" or "IMAGE_ASPECT_RATIO" => QwenVlErrorCode.ImageUnreadable,
        "IMAGE_TOO_LARGE" => QwenVlErrorCode.ImageTooLarge,
        "PROMPT_TOO_LONG" => QwenVlErrorCode.PromptTooLong,
        "PROTOCOL_VERSION" => QwenVlErrorCode.VersionMismatch,
        "FINGERPRINT_UNKNOWN" => QwenVlErrorCode.CheckpointMismatch,
        "TOKENIZER_MISMATCH" => QwenVlErrorCode.TokenizerMismatch,
        "CHUNK_OUT_OF_ORDER" or "CHUNK_CHECKSUM" or "CHUNK_TOO_LARGE" or "IMAGE_DIGEST_MISMATCH" or "IMAGE_UNKNOWN" or "IMAGE_NOT_READY"
            or "QUESTION_KNOWN" or "QUESTION_UNKNOWN" or "HELLO_EXPECTED" => QwenVlErrorCode.ProtocolViolation,
        "SLOW_READER" => QwenVlErrorCode.ConnectionLost,
        "LOADING" => QwenVlErrorCode.ConnectionFailed,
        _ => CodeOf(code),
    };

    private static QwenVlErrorCode CodeOf(RpcCode code) => code switch
    {
        RpcCode.InvalidArgument or RpcCode.OutOfRange => QwenVlErrorCode.InvalidArgument,
        RpcCode.ResourceExhausted => QwenVlErrorCode.LimitExceeded,
        RpcCode.Unauthenticated => QwenVlErrorCode.Unauthenticated,
        RpcCode.DeadlineExceeded => QwenVlErrorCode.Timeout,
        RpcCode.Unavailable => QwenVlErrorCode.ConnectionLost,
        _ => QwenVlErrorCode.ServerFailed,
    };
}
