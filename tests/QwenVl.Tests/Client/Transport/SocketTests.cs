using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using QwenVl.Client;
using QwenVl.Client.Answers;
using QwenVl.Client.Transport;
using QwenVl.Model.Sampling;
using QwenVl.Protos.V1;
using QwenVl.Tests.Client.Fakes;

namespace QwenVl.Tests.Client.Transport;

public sealed class SocketTests
{
    private static readonly ReferenceAnswer Reference = ReferenceAnswer.Of(TestPictures.Image, "Route", SamplingParameters.Greedy, 24);

    [Fact]
    public async Task A_takeover_over_a_real_connection_gives_the_same_text()
    {
        (AnswerSummary summary, _) = await AskAsync(new ScriptedServer { Image = TestPictures.Image, Answer = Reference, WaitAt = 5 });

        Assert.Equal(Reference.Text, summary.Text);
        Assert.Equal(5, summary.TakenOverAt);
    }

    [Fact]
    public async Task A_real_connection_that_breaks_leaves_the_device_to_finish()
    {
        (AnswerSummary summary, bool connected) = await AskAsync(new ScriptedServer { Image = TestPictures.Image, Answer = Reference, BreakBefore = 9 });

        Assert.Equal(Reference.Text, summary.Text);
        Assert.True(summary.ConnectionLost);
        Assert.False(connected);
    }

    [Fact]
    public async Task Where_nobody_listens_the_error_says_so()
    {
        var options = new QwenVlClientOptions { ServerAddress = new Uri("http://127.0.0.1:1"), ConnectTimeout = TimeSpan.FromSeconds(20) };
        await using var client = new QwenVlClient(options);

        var error = await Assert.ThrowsAsync<QwenVlException>(() => client.ConnectAsync());

        Assert.Equal(QwenVlErrorCode.ConnectionFailed, error.Code);
    }

    private static async Task<(AnswerSummary Summary, bool Connected)> AskAsync(ScriptedServer script)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(System.Net.IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2));
        builder.Services.AddGrpc();
        builder.Services.AddSingleton(script);
        await using WebApplication server = builder.Build();
        server.MapGrpcService<Bridge>();
        await server.StartAsync();

        var options = new QwenVlClientOptions { ServerAddress = new Uri(server.Urls.Single()) };
        await using var client = new QwenVlClient(options, TinyModel.Device(), ServerChannel.Open(options));
        await client.ConnectAsync();
        var generate = new GenerateOptions { Route = Route.Hybrid, MaxNewTokens = 24, TakeOverAfter = 5, TakeOverLead = 0 };
        (_, AnswerSummary summary) = await Conversation.ReadAsync(await client.GenerateAsync(TestPictures.Image, "Route", generate));
        return (summary, client.IsConnected);
    }

    /// <summary>Carries a script's stream over gRPC.</summary>
    private sealed class Bridge(ScriptedServer script) : VisionLanguage.VisionLanguageBase
    {
        public override async Task Converse(IAsyncStreamReader<ClientMessage> requestStream, IServerStreamWriter<ServerMessage> responseStream, ServerCallContext context)
        {
            using AsyncDuplexStreamingCall<ClientMessage, ServerMessage> call = new VisionLanguage.VisionLanguageClient(script.Open()).Converse(cancellationToken: context.CancellationToken);
            Task up = UpAsync(requestStream, call.RequestStream, context.CancellationToken);
            while (await call.ResponseStream.MoveNext(context.CancellationToken)) await responseStream.WriteAsync(call.ResponseStream.Current);
            await up;
        }

        private static async Task UpAsync(IAsyncStreamReader<ClientMessage> from, IClientStreamWriter<ClientMessage> to, CancellationToken cancellationToken)
        {
            while (await from.MoveNext(cancellationToken)) await to.WriteAsync(from.Current, cancellationToken);
            await to.CompleteAsync();
        }
    }
}
