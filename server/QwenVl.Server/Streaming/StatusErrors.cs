using Google.Protobuf.WellKnownTypes;
using Google.Rpc;
using Grpc.Core;
using QwenVl.Runtime.Errors;

namespace QwenVl.Server.Streaming;

/// <summary>Refusals as gRPC statuses with details.</summary>
internal static class StatusErrors
{
    private const string Domain = "qwenvl";

    public static Code CodeOf(RequestError error) => error switch
    {
        RequestError.InvalidArgument => Code.InvalidArgument,
        RequestError.FailedPrecondition => Code.FailedPrecondition,
        RequestError.ResourceExhausted => Code.ResourceExhausted,
        RequestError.DeadlineExceeded => Code.DeadlineExceeded,
        RequestError.Unavailable => Code.Unavailable,
        RequestError.Unauthenticated => Code.Unauthenticated,
        _ => Code.Internal,
    };

    public static RpcException ToRpcException(RequestException error) => ToStatus(error).ToRpcException();

    public static Google.Rpc.Status ToStatus(RequestException error) => new()
    {
        Code = (int)CodeOf(error.Error),
        Message = error.Message,
        Details = { Details(error) },
    };

    private static IEnumerable<Any> Details(RequestException error)
    {
        yield return Any.Pack(new ErrorInfo { Domain = Domain, Reason = error.Reason });
        if (error.RetryAfter is { } delay) yield return Any.Pack(new RetryInfo { RetryDelay = Duration.FromTimeSpan(delay) });
    }
}
