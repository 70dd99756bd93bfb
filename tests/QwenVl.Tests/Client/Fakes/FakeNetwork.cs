using Grpc.Core;
using QwenVl.Client.Transport;

namespace QwenVl.Tests.Client.Fakes;

/// <summary>A channel that opens a stream of its own for each call, so that a client can come back.</summary>
/// <param name="open">Makes the stream of a number, from 0; may refuse by throwing.</param>
internal sealed class FakeNetwork(Func<int, FakeStream> open) : CallInvoker
{
    private int _calls;

    /// <summary>Streams that were opened, or tried to.</summary>
    public int Calls => Volatile.Read(ref _calls);

    public ServerChannel Server => new(this, null);

    public override AsyncDuplexStreamingCall<TRequest, TResponse> AsyncDuplexStreamingCall<TRequest, TResponse>(Method<TRequest, TResponse> method, string? host, CallOptions options) =>
        open(Interlocked.Increment(ref _calls) - 1).AsyncDuplexStreamingCall(method, host, options);

    public override TResponse BlockingUnaryCall<TRequest, TResponse>(Method<TRequest, TResponse> method, string? host, CallOptions options, TRequest request) => throw new NotSupportedException();

    public override AsyncUnaryCall<TResponse> AsyncUnaryCall<TRequest, TResponse>(Method<TRequest, TResponse> method, string? host, CallOptions options, TRequest request) => throw new NotSupportedException();

    public override AsyncServerStreamingCall<TResponse> AsyncServerStreamingCall<TRequest, TResponse>(Method<TRequest, TResponse> method, string? host, CallOptions options, TRequest request) => throw new NotSupportedException();

    public override AsyncClientStreamingCall<TRequest, TResponse> AsyncClientStreamingCall<TRequest, TResponse>(Method<TRequest, TResponse> method, string? host, CallOptions options) => throw new NotSupportedException();
}
