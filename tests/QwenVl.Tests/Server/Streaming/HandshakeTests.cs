using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using QwenVl.Protos.V1;
using QwenVl.Runtime.Errors;
using QwenVl.Tests.Server.Fakes;

namespace QwenVl.Tests.Server.Streaming;

[Collection(SharedServerGroup.Name)]
public sealed class HandshakeTests(SharedServer shared)
{
    private readonly RunningServer _server = shared.Server;

    [Fact]
    public async Task The_welcome_names_what_is_hosted_and_its_limits()
    {
        using TestStream stream = TestStream.Open(_server);
        await stream.SendAsync(stream.Hello());
        Welcome welcome = (await stream.ReadAsync()).Welcome;

        Assert.Equal(_server.Models.Model.Tower.Fingerprint.Model, welcome.ServerCheckpointFingerprint);
        Assert.Equal(_server.Models.Model.Tower.Fingerprint.Tokenizer, welcome.TokenizerFingerprint);
        Assert.Equal(2, welcome.FeatureCheckpointFingerprints.Count);
        Assert.Contains(welcome.ServerCheckpointFingerprint, welcome.FeatureCheckpointFingerprints);
        Assert.Equal((20 << 20, 16, TinyCheckpoint.MaxPositions - 1, 256 * 1024), (welcome.Limits.MaxImageBytes, welcome.Limits.MaxImagesPerStream, welcome.Limits.MaxPromptTokens, welcome.Limits.MaxUploadChunkBytes));
        await stream.CompleteAsync();
        Assert.Empty(await stream.ReadToEndAsync());
        await _server.BaselineAsync();
    }

    [Fact]
    public async Task Another_protocol_version_is_refused() => await RefusedAsync(stream => stream.Hello(version: 2), StatusCode.FailedPrecondition, RequestReason.ProtocolVersion);

    [Fact]
    public async Task A_fingerprint_that_is_not_hosted_is_refused() =>
        await RefusedAsync(stream => stream.Hello(fingerprint: new string('0', 64)), StatusCode.FailedPrecondition, RequestReason.FingerprintUnknown);

    [Fact]
    public async Task Another_tokenizer_is_refused() => await RefusedAsync(stream => stream.Hello(tokenizer: new string('0', 64)), StatusCode.FailedPrecondition, RequestReason.TokenizerMismatch);

    [Fact]
    public async Task A_stream_that_begins_with_something_else_is_refused() =>
        await RefusedAsync(_ => new ClientMessage { Ask = new Ask { Prompt = "Hello?" } }, StatusCode.InvalidArgument, RequestReason.HelloExpected);

    [Fact]
    public async Task An_empty_message_is_refused()
    {
        using TestStream stream = await TestStream.GreetAsync(_server);
        await stream.SendAsync(new ClientMessage());
        await Refusal.HoldsAsync(stream, StatusCode.InvalidArgument, RequestReason.BadRequest);
        await _server.BaselineAsync();
    }

    [Fact]
    public async Task A_second_hello_is_refused()
    {
        using TestStream stream = await TestStream.GreetAsync(_server);
        await stream.SendAsync(stream.Hello());
        await Refusal.HoldsAsync(stream, StatusCode.InvalidArgument, RequestReason.BadRequest);
        await _server.BaselineAsync();
    }

    [Fact]
    public async Task A_stream_that_ends_without_a_hello_is_refused()
    {
        using TestStream stream = TestStream.Open(_server);
        await stream.CompleteAsync();
        await Refusal.HoldsAsync(stream, StatusCode.InvalidArgument, RequestReason.HelloExpected);
    }

    [Fact]
    public async Task Bytes_that_are_no_message_are_the_clients_mistake()
    {
        // A field of text that says it is longer than the message.
        var method = new Method<byte[], byte[]>(MethodType.DuplexStreaming, "qwenvl.v1.VisionLanguage", "Converse", Marshallers.Create(bytes => bytes, bytes => bytes), Marshallers.Create(bytes => bytes, bytes => bytes));
        using AsyncDuplexStreamingCall<byte[], byte[]> call = _server.Channel.CreateCallInvoker().AsyncDuplexStreamingCall(method, null, default);
        await call.RequestStream.WriteAsync([0x0a, 0x7f, 1]);
        RpcException error = await Assert.ThrowsAsync<RpcException>(() => call.ResponseStream.MoveNext(CancellationToken.None).WaitAsync(Waiting.Limit));
        Assert.Equal(StatusCode.InvalidArgument, error.StatusCode);
        await _server.BaselineAsync();
    }

    [Fact]
    public async Task A_client_without_a_decoder_gets_tokens_and_no_features()
    {
        using TestStream stream = TestStream.Open(_server);
        await stream.SendAsync(stream.Hello(fingerprint: "", tokenizer: ""));
        Assert.NotNull((await stream.ReadAsync()).Welcome);
        Assert.Equal(3, (await stream.AskAsync(new Ask { QuestionId = 1, Prompt = "Hello?", MaxNewTokens = 3, Tokens = true })).Tokens.Length);
        TestAnswer features = await stream.AskAsync(new Ask { QuestionId = 2, Prompt = "Hello?", Features = FeatureType.Float16 });
        Assert.Equal(RequestReason.FingerprintUnknown, features.Failed.Reason);
    }

    [Fact]
    public async Task A_stream_that_says_nothing_is_ended_after_its_time()
    {
        var time = new FakeTimeProvider();
        await using RunningServer server = await RunningServer.StartAsync(services => services.AddSingleton<TimeProvider>(time));
        using TestStream stream = TestStream.Open(server);
        Task refused = Refusal.HoldsAsync(stream, StatusCode.InvalidArgument, RequestReason.HelloExpected);
        await Waiting.UntilAsync(() => server.Live.Streams == 1, "the stream is open");
        await Waiting.UntilAsync(
            () =>
            {
                // The timer may be set a moment after the stream is counted.
                time.Advance(TimeSpan.FromSeconds(11));
                return server.Live.Streams == 0;
            },
            "the stream is ended");
        await refused;
    }

    [Fact]
    public async Task Streams_beyond_the_limit_are_refused_with_a_time_to_try_again()
    {
        await using RunningServer server = await RunningServer.StartAsync(flags: ["--max-streams", "1"]);
        using TestStream first = await TestStream.GreetAsync(server);
        using TestStream second = TestStream.Open(server);
        RpcException error = await second.FailureAsync();

        Assert.Equal(StatusCode.ResourceExhausted, error.StatusCode);
        Assert.Equal(Duration.FromTimeSpan(TimeSpan.FromSeconds(1)), error.GetRpcStatus()?.GetDetail<Google.Rpc.RetryInfo>()?.RetryDelay);
        await first.CompleteAsync();
        await first.ReadToEndAsync();
        using TestStream third = await TestStream.GreetAsync(server);
    }

    private async Task RefusedAsync(Func<TestStream, ClientMessage> first, StatusCode code, string reason)
    {
        using TestStream stream = TestStream.Open(_server);
        await stream.SendAsync(first(stream));
        await Refusal.HoldsAsync(stream, code, reason);
        await _server.BaselineAsync();
    }
}
