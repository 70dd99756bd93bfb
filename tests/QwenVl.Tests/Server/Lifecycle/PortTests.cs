using System.Net;
using Grpc.Core;
using Grpc.Health.V1;
using Grpc.Reflection.V1Alpha;
using QwenVl.Tests.Server.Fakes;

namespace QwenVl.Tests.Server.Lifecycle;

[Collection(SharedServerGroup.Name)]
public sealed class PortTests(SharedServer shared)
{
    private readonly RunningServer _server = shared.Server;

    [Theory]
    [InlineData("/health/live", HttpStatusCode.OK, HttpStatusCode.OK)]
    [InlineData("/health/ready", HttpStatusCode.OK, HttpStatusCode.OK)]
    [InlineData("/metrics", HttpStatusCode.NotFound, HttpStatusCode.OK)]
    [InlineData("/v1/feature_extract", HttpStatusCode.MethodNotAllowed, HttpStatusCode.NotFound)]
    [InlineData("/", HttpStatusCode.NotFound, HttpStatusCode.NotFound)]
    public async Task Each_port_serves_its_own_paths(string path, HttpStatusCode http, HttpStatusCode metrics)
    {
        Assert.Equal(http, await StatusAsync(_server.HttpAddress, path));
        Assert.Equal(metrics, await StatusAsync(_server.MetricsAddress, path));
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(_server.GrpcAddress, path, HttpVersion.Version20));
    }

    [Fact]
    public async Task Features_are_extracted_on_the_http_port_only()
    {
        using var body = new StringContent("{}", System.Text.Encoding.UTF8, "application/json");
        Assert.Equal(HttpStatusCode.NotFound, (await _server.Http.PostAsync(new Uri(_server.MetricsAddress, "/v1/feature_extract"), body)).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await _server.Http.PostAsync(new Uri(_server.HttpAddress, "/v1/feature_extract"), body)).StatusCode);
    }

    [Fact]
    public async Task A_host_header_does_not_open_another_ports_paths()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(_server.HttpAddress, "/metrics"));
        request.Headers.Host = _server.MetricsAddress.Authority;
        Assert.Equal(HttpStatusCode.NotFound, (await _server.Http.SendAsync(request)).StatusCode);
    }

    [Theory]
    [InlineData("")]
    [InlineData("qwenvl.v1.VisionLanguage")]
    public async Task Grpc_health_is_serving(string service)
    {
        HealthCheckResponse reply = await new Health.HealthClient(_server.Channel).CheckAsync(new HealthCheckRequest { Service = service });
        Assert.Equal(HealthCheckResponse.Types.ServingStatus.Serving, reply.Status);
    }

    [Fact]
    public async Task Reflection_lists_the_service()
    {
        using AsyncDuplexStreamingCall<ServerReflectionRequest, ServerReflectionResponse> call = new ServerReflection.ServerReflectionClient(_server.Channel).ServerReflectionInfo();
        await call.RequestStream.WriteAsync(new ServerReflectionRequest { ListServices = "" });
        Assert.True(await call.ResponseStream.MoveNext(CancellationToken.None).WaitAsync(Waiting.Limit));
        Assert.Contains(call.ResponseStream.Current.ListServicesResponse.Service, service => service.Name == "qwenvl.v1.VisionLanguage");
    }

    private async Task<HttpStatusCode> StatusAsync(Uri address, string path, Version? version = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(address, path)) { Version = version ?? HttpVersion.Version11, VersionPolicy = HttpVersionPolicy.RequestVersionExact };
        using HttpResponseMessage response = await _server.Http.SendAsync(request);
        return response.StatusCode;
    }
}
