using System.Net.Sockets;
using Google.Rpc;
using Grpc.Core;

namespace QwenVl.Benchmarks.Load.Driving;

/// <summary>Why a request has no answer.</summary>
/// <param name="Kind">Refused, timed out, or failed.</param>
/// <param name="Reason">The server's reason, or gRPC's status.</param>
/// <param name="HasRetry">Whether it says when to try again.</param>
internal readonly record struct Failure(OutcomeKind Kind, string Reason, bool HasRetry)
{
    private static readonly string[] Passing = ["ENDING", "LOADING"];

    /// <summary>A stream that ended with an error.</summary>
    public static Failure Of(Exception error)
    {
        if (error is OperationCanceledException or TimeoutException) return new Failure(OutcomeKind.TimedOut, "DEADLINE", false);
        if (error is not RpcException rpc) return new Failure(OutcomeKind.Failed, error is SocketException or IOException ? "CONNECTION" : error.GetType().Name, false);
        Google.Rpc.Status? status = rpc.GetRpcStatus();
        string? reason = status?.GetDetail<ErrorInfo>()?.Reason;
        bool retry = status?.GetDetail<RetryInfo>() is not null || rpc.Trailers.Get("grpc-retry-pushback-ms") is not null;
        OutcomeKind kind = rpc.StatusCode switch
        {
            StatusCode.ResourceExhausted => OutcomeKind.Refused,
            StatusCode.Unavailable when Passing.Contains(reason) => OutcomeKind.Refused,
            StatusCode.DeadlineExceeded => OutcomeKind.TimedOut,
            _ => OutcomeKind.Failed,
        };
        return new Failure(kind, reason ?? rpc.StatusCode.ToString(), retry);
    }

    /// <summary>A question that failed on a stream that goes on.</summary>
    public static Failure Of(Protos.V1.QuestionFailed failed) => new(
        failed.Code == (int)Code.ResourceExhausted || Passing.Contains(failed.Reason) ? OutcomeKind.Refused : OutcomeKind.Failed,
        failed.Reason.Length > 0 ? failed.Reason : ((Code)failed.Code).ToString(),
        HasRetry: failed.RetryAfterMs > 0);
}
