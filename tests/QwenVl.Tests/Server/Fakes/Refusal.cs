using Google.Rpc;
using Grpc.Core;

namespace QwenVl.Tests.Server.Fakes;

/// <summary>What a refused stream says.</summary>
internal static class Refusal
{
    /// <summary>The stream ended with a code, and with a reason in its details.</summary>
    public static async Task HoldsAsync(TestStream stream, StatusCode code, string reason)
    {
        RpcException error = await stream.FailureAsync();
        ErrorInfo? info = error.GetRpcStatus()?.GetDetail<ErrorInfo>();
        Assert.Equal((code, reason, "qwenvl"), (error.StatusCode, info?.Reason, info?.Domain));
        Assert.NotEmpty(error.Status.Detail);
    }
}
