using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Grpc.Core;
using Grpc.Health.V1;
using QwenVl.Client;
using QwenVl.Client.Answers;
using QwenVl.Client.Images;
using QwenVl.Protos.V1;
using QwenVl.Runtime.Errors;
using QwenVl.Tests.Infrastructure;
using QwenVl.Tests.Runtime.Preprocessing;
using QwenVl.Tests.Server.Fakes;

namespace QwenVl.Tests.Server.Tenancy;

/// <summary>A server that asks for keys.</summary>
public sealed class AuthenticationTests : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();
    private RunningServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await RunningServer.StartAsync(
        settings: new() { ["Server:MaxRequestsPerTenant"] = "1", ["Runtime:MaxImageMemoryMbPerTenant"] = "1" },
        flags: ["--image-cache-mb", "16", "--max-streams-per-tenant", "2", "--api-keys-file", KeysFile.Write(_folder, ("a", "key-of-a"), ("b", "key-of-b"))]);

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _folder.Dispose();
    }

    [Theory]
    [InlineData(null, "asks for a key")]
    [InlineData("Bearer wrong", "not one of this server's")]
    [InlineData("Basic key-of-a", "not one of this server's")]
    [InlineData("key-of-a", "not one of this server's")]
    public async Task A_call_without_a_key_that_is_known_is_refused(string? header, string says)
    {
        var metadata = new Metadata();
        if (header is not null) metadata.Add("authorization", header);
        using TestStream stream = TestStream.Open(_server, new CallOptions(metadata));
        RpcException refused = await stream.FailureAsync();
        Assert.Equal(StatusCode.Unauthenticated, refused.StatusCode);
        Assert.Contains(says, refused.Status.Detail, StringComparison.Ordinal);
        Assert.Equal(RequestReason.Unauthenticated, refused.GetRpcStatus()!.GetDetail<Google.Rpc.ErrorInfo>()!.Reason);
        RpcException unary = await Assert.ThrowsAsync<RpcException>(async () => await new VisionLanguage.VisionLanguageClient(_server.Channel).HasImageAsync(new HasImageRequest(), new CallOptions(metadata)));
        Assert.Equal(StatusCode.Unauthenticated, unary.StatusCode);
    }

    [Fact]
    public async Task A_request_without_a_key_is_refused_and_one_with_a_key_is_answered()
    {
        using HttpResponseMessage refused = await PostAsync(null), answered = await PostAsync("key-of-a");

        Assert.Equal((HttpStatusCode.Unauthorized, "Bearer"), (refused.StatusCode, refused.Headers.WwwAuthenticate.Single().Scheme));
        Assert.Equal(RequestReason.Unauthenticated, JsonDocument.Parse(await refused.Content.ReadAsStringAsync()).RootElement.GetProperty("reason").GetString());
        Assert.Equal(HttpStatusCode.OK, answered.StatusCode);
    }

    [Fact]
    public async Task Probes_and_metrics_need_no_key()
    {
        foreach (Uri address in (Uri[])[new(_server.HttpAddress, "/health/live"), new(_server.HttpAddress, "/health/ready"), new(_server.MetricsAddress, "/metrics")])
            Assert.Equal(HttpStatusCode.OK, (await _server.Http.GetAsync(address)).StatusCode);
        Assert.Equal(HealthCheckResponse.Types.ServingStatus.Serving, (await new Health.HealthClient(_server.Channel).CheckAsync(new HealthCheckRequest())).Status);
    }

    [Fact]
    public async Task A_tenant_at_its_limit_on_streams_leaves_others_theirs()
    {
        CallOptions a = KeysFile.Bearer("key-of-a"), b = KeysFile.Bearer("key-of-b");
        using TestStream one = await TestStream.GreetAsync(_server, a), two = await TestStream.GreetAsync(_server, a);
        using (TestStream three = TestStream.Open(_server, a)) await Refusal.HoldsAsync(three, StatusCode.ResourceExhausted, RequestReason.StreamLimit);
        using TestStream other = await TestStream.GreetAsync(_server, b);
        foreach (TestStream stream in (TestStream[])[one, two, other])
        {
            await stream.CompleteAsync();
            await stream.ReadToEndAsync();
        }

        await _server.BaselineAsync();
        using TestStream again = await TestStream.GreetAsync(_server, a);
        await again.CompleteAsync();
        await again.ReadToEndAsync();
    }

    [Fact]
    public async Task A_tenant_at_its_limit_on_bytes_leaves_others_theirs()
    {
        using TestStream a = await TestStream.GreetAsync(_server, KeysFile.Bearer("key-of-a")), b = await TestStream.GreetAsync(_server, KeysFile.Bearer("key-of-b"));
        await a.SendAsync(TestStream.Start(1, new byte[700_000]));
        Assert.NotNull((await a.ReadAsync()).ImageNeeded);
        await a.SendAsync(TestStream.Start(2, new byte[700_000]));
        await Refusal.HoldsAsync(a, StatusCode.ResourceExhausted, RequestReason.ImageMemory);
        await b.SendAsync(TestStream.Start(1, new byte[700_000]));
        Assert.NotNull((await b.ReadAsync()).ImageNeeded);
        await b.CompleteAsync();
        await b.ReadToEndAsync();
        await _server.BaselineAsync();
    }

    [Fact]
    public async Task The_client_brings_its_key_and_sends_a_picture_once_over_several_connections()
    {
        ClientImage image = ClientImage.FromBytes(PictureFiles.Good);
        var question = new GenerateOptions { Route = Route.CloudOnly, MaxNewTokens = 2 };
        var options = new QwenVlClientOptions { ServerAddress = _server.GrpcAddress, ApiKey = "key-of-a" };
        var sent = new List<(bool Had, bool Sent, long Saved, bool Uploaded)>();
        for (int i = 0; i < 2; i++)
        {
            await using var client = new QwenVlClient(options);
            bool had = await client.HasImageAsync(image);
            await client.ConnectAsync();
            AnswerSummary summary = await (await client.GenerateAsync(image, "What is it?", question)).GetSummaryAsync();
            sent.Add((had, summary.BytesSent > image.Bytes.Length, summary.BytesSaved, summary.Timings.Upload is not null));
            await client.DisposeAsync();
        }

        Assert.Equal([(false, true, 0, true), (true, false, image.Bytes.Length, false)], sent);
        await _server.BaselineAsync();
    }

    [Theory]
    [InlineData(null)]
    [InlineData("wrong")]
    public async Task The_client_says_that_its_key_is_not_accepted(string? key)
    {
        await using var client = new QwenVlClient(new QwenVlClientOptions { ServerAddress = _server.GrpcAddress, ApiKey = key });
        foreach (Func<Task> call in (Func<Task>[])[() => client.ConnectAsync(), () => client.HasImageAsync(ClientImage.FromBytes(PictureFiles.Good))])
        {
            QwenVlException error = await Assert.ThrowsAsync<QwenVlException>(call);
            Assert.Equal((QwenVlErrorCode.Unauthenticated, RequestReason.Unauthenticated), (error.Code, error.ServerReason));
        }
    }

    private async Task<HttpResponseMessage> PostAsync(string? key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(_server.HttpAddress, "/v1/feature_extract"))
        {
            Content = JsonContent.Create(new { text_prompt = "What is it?", image_base64 = Convert.ToBase64String(PictureFiles.Good) }),
        };
        // A body of unknown length counts as the largest, which is more than this tenant may hold.
        await request.Content.LoadIntoBufferAsync();
        if (key is not null) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        return await _server.Http.SendAsync(request);
    }
}
