using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using QwenVl.Model.Execution;
using QwenVl.Protos.V1;
using QwenVl.Runtime.Errors;
using QwenVl.Tests.Runtime.Preprocessing;
using QwenVl.Tests.Server.Fakes;

namespace QwenVl.Tests.Server.Streaming;

/// <summary>Clients that leave, hang or change their minds, and backends that fail: nobody else notices.</summary>
public sealed class FailureTests
{
    [Fact]
    public async Task A_cancelled_question_leaves_the_decoder_within_a_step()
    {
        await using Stage stage = await Stage.StartAsync(steps: 3);
        using TestStream stream = await TestStream.GreetAsync(stage.Server);
        await stream.SendAsync(new ClientMessage { Ask = Long(1) });
        await stage.Gate.ArrivedAsync();
        await stream.SendAsync(new ClientMessage { Cancel = new Cancel { QuestionId = 1 } });
        Finished end = (await stream.AnswerAsync()).Finished;
        Assert.Equal(Finished.Types.Reason.Cancelled, end.Reason);

        stage.Gate.Let(1);
        await stage.Server.BaselineAfterQuestionsAsync();
        Assert.Equal(4, stage.Steps);
        stage.Gate.Open();
        Assert.Equal(5, (await stream.AskAsync(QuestionTests.Question(2, tokens: 5))).Tokens.Length);
    }

    [Fact]
    public async Task A_taken_over_answer_ends_where_the_client_goes_on()
    {
        await using Stage stage = await Stage.StartAsync(steps: 6);
        using TestStream stream = await TestStream.GreetAsync(stage.Server);
        await stream.SendAsync(new ClientMessage { Ask = Long(1) });
        await stage.Gate.ArrivedAsync();
        await stream.SendAsync(new ClientMessage { TakeOver = new TakeOver { QuestionId = 1, NextIndex = 8 } });
        // Read in order: what follows finds the takeover heard.
        await stream.SendAsync(new ClientMessage { Ask = new Ask { QuestionId = 2, Prompt = " ", Tokens = true } });
        var seen = new List<ServerMessage>();
        do seen.Add(await stream.ReadAsync());
        while (seen[^1].QuestionFailed is null);
        stage.Gate.Open();
        do seen.Add(await stream.ReadAsync());
        while (seen[^1].HandedOff is null);

        Assert.Equal(8, seen[^1].HandedOff.Count);
        Assert.Equal(8, new TestAnswer(seen).Tokens.Length);
    }

    [Fact]
    public async Task Client_crash_mid_stream_leaves_no_state()
    {
        await using Stage stage = await Stage.StartAsync(steps: 3);
        using (TestStream stream = await TestStream.GreetAsync(stage.Server))
        {
            await stream.UploadAsync(1, PictureFiles.Good);
            await stream.SendAsync(TestStream.Start(2, PictureFiles.Jpeg));
            await stream.SendAsync(new ClientMessage { Ask = Long(1) });
            await stage.Gate.ArrivedAsync();
        }

        await Waiting.UntilAsync(() => stage.Server.Live is { Streams: 0, Questions: 0, ImageBytes: 0 }, "the stream is closed");
        stage.Gate.Let(1);
        await stage.Server.BaselineAsync();
        Assert.Equal(4, stage.Steps);
    }

    [Fact]
    public async Task A_deadline_ends_the_stream_and_its_questions()
    {
        await using Stage stage = await Stage.StartAsync(steps: 3);
        // The transport keeps this time, not the server's clock: long enough to ask in, short enough to wait for.
        using TestStream stream = await TestStream.GreetAsync(stage.Server, new CallOptions(deadline: TimeProvider.System.GetUtcNow().UtcDateTime.AddSeconds(2)));
        await stream.SendAsync(new ClientMessage { Ask = Long(1) });
        Assert.Equal(StatusCode.DeadlineExceeded, (await stream.FailureAsync()).StatusCode);
        // The client's clock may be a little ahead of the server's.
        await Waiting.UntilAsync(() => stage.Server.Live.Streams == 0, "the stream is closed");
        stage.Gate.Let(1);
        await stage.Server.BaselineAsync();
    }

    [Fact]
    public async Task Slow_reader_is_cut()
    {
        var time = new FakeTimeProvider();
        await using RunningServer server = await RunningServer.StartAsync(services => services.AddSingleton<TimeProvider>(time));
        using TestStream hung = await TestStream.GreetAsync(server);
        for (uint id = 1; id <= 16; id++) await hung.UploadAsync(id, PictureFiles.Png(512 + (int)id, 512));
        // More features than the window between the two ends and the server's queue take in.
        for (uint id = 1; id <= 4; id++)
            await hung.SendAsync(new ClientMessage { Ask = new Ask { QuestionId = id, ImageIds = { Enumerable.Range(1, 16).Select(image => (uint)image) }, Prompt = "?", Features = FeatureType.Float16 } });
        using TestStream other = await TestStream.GreetAsync(server);
        Assert.Equal(5, (await other.AskAsync(QuestionTests.Question(1, tokens: 5))).Tokens.Length);
        await other.CompleteAsync();
        await other.ReadToEndAsync();
        Assert.Equal(1, server.Live.Streams);

        await Waiting.UntilAsync(
            () =>
            {
                time.Advance(TimeSpan.FromSeconds(31));
                return server.Live.Streams == 0;
            },
            "the hung client is cut");
        await server.BaselineAsync();
        await Refusal.HoldsAsync(hung, StatusCode.ResourceExhausted, RequestReason.SlowReader);
    }

    [Fact]
    public async Task More_questions_at_once_than_the_limit_fail_alone()
    {
        await using Stage stage = await Stage.StartAsync(steps: 0);
        using TestStream stream = await TestStream.GreetAsync(stage.Server);
        for (uint id = 1; id <= 5; id++) await stream.SendAsync(new ClientMessage { Ask = QuestionTests.Question(id, tokens: 2) });
        QuestionFailed failed = (await stream.AnswerAsync()).Failed;
        Assert.Equal((5u, (int)Google.Rpc.Code.ResourceExhausted, RequestReason.QuestionLimit), (failed.QuestionId, failed.Code, failed.Reason));
        stage.Gate.Open();
        for (int i = 0; i < 4; i++) Assert.NotNull((await stream.AnswerAsync()).Finished);
    }

    [Fact]
    public async Task A_decoder_that_fails_fails_the_question_and_not_the_server()
    {
        var hooks = new BackendHooks { Decoding = _ => throw new InvalidOperationException("out of memory") };
        await using RunningServer server = await RunningServer.StartAsync(hooks: hooks);
        using TestStream stream = await TestStream.GreetAsync(server);
        QuestionFailed failed = (await stream.AskAsync(QuestionTests.Question(1))).Failed;
        Assert.Equal(((int)Google.Rpc.Code.Internal, RequestReason.Internal), (failed.Code, failed.Reason));
        Assert.DoesNotContain("memory", failed.Message, StringComparison.Ordinal);
        Assert.Contains(server.Log.GetSnapshot(), record => record.Level == LogLevel.Error);

        hooks.Decoding = null;
        Assert.Equal(12, (await stream.AskAsync(QuestionTests.Question(2))).Tokens.Length);
    }

    [Fact]
    public async Task A_sequence_that_the_decoder_fails_on_does_not_take_the_batch_with_it()
    {
        using var gate = new Gate();
        var hooks = new BackendHooks();
        hooks.Decoding = steps =>
        {
            gate.Pass();
            if (steps.Any(step => step.Tokens.Length > 100)) throw new InvalidOperationException("too long for me");
        };
        await using RunningServer server = await RunningServer.StartAsync(hooks: hooks);
        using TestStream stream = await TestStream.GreetAsync(server);
        await stream.SendAsync(new ClientMessage { Ask = QuestionTests.Question(1) });
        await gate.ArrivedAsync();
        Ask bad = QuestionTests.Question(2);
        bad.Prompt = string.Concat(Enumerable.Repeat("one ", 200));
        await stream.SendAsync(new ClientMessage { Ask = bad });
        await Waiting.UntilAsync(() => server.Models.Model.Decoder.Waiting == 1, "the second question waits");
        gate.Open();
        var seen = new List<ServerMessage>();
        do seen.Add(await stream.ReadAsync());
        while (seen.Count(message => message.Finished is not null || message.QuestionFailed is not null) < 2);

        Assert.Equal(12, seen.Single(message => message.Finished is not null).Finished.Count);
        Assert.Equal(2u, seen.Single(message => message.QuestionFailed is not null).QuestionFailed.QuestionId);
    }

    [Fact]
    public async Task A_tower_that_fails_fails_the_question_and_the_next_try_works()
    {
        var hooks = new BackendHooks { Encoding = _ => throw new InvalidOperationException("broken") };
        await using RunningServer server = await RunningServer.StartAsync(hooks: hooks);
        using TestStream stream = await TestStream.GreetAsync(server);
        await stream.UploadAsync(1, PictureFiles.Good);
        Ask ask = QuestionTests.Question(1, image: 1);
        ask.Features = FeatureType.Float16;
        Assert.Equal(RequestReason.Internal, (await stream.AskAsync(ask)).Failed.Reason);

        hooks.Encoding = null;
        ask.QuestionId = 2;
        Assert.Equal(12, (await stream.AskAsync(ask)).Tokens.Length);
    }

    [Fact]
    public async Task Drain_finishes_inflight_refuses_new()
    {
        await using Stage stage = await Stage.StartAsync(steps: 3);
        using TestStream stream = await TestStream.GreetAsync(stage.Server);
        await stream.SendAsync(new ClientMessage { Ask = QuestionTests.Question(1) });
        await stage.Gate.ArrivedAsync();
        Task stopping = stage.Server.StopAsync();
        stage.Gate.Open();

        Assert.Equal(12, (await stream.AnswerAsync()).Tokens.Length);
        await Refusal.HoldsAsync(stream, StatusCode.Unavailable, RequestReason.Ending);
        await stopping.WaitAsync(Waiting.Limit);
        Assert.Equal(0, stage.Server.Live.Streams);
    }

    [Fact]
    public async Task A_server_that_ends_waits_no_longer_than_it_says()
    {
        var time = new FakeTimeProvider();
        await using Stage stage = await Stage.StartAsync(steps: 3, services => services.AddSingleton<TimeProvider>(time));
        using TestStream stream = await TestStream.GreetAsync(stage.Server);
        await stream.SendAsync(new ClientMessage { Ask = Long(1) });
        await stage.Gate.ArrivedAsync();
        Task stopping = stage.Server.StopAsync();
        Task refused = Refusal.HoldsAsync(stream, StatusCode.Unavailable, RequestReason.Ending);
        await Waiting.UntilAsync(
            () =>
            {
                time.Advance(TimeSpan.FromSeconds(11));
                return stage.Server.Live.Streams == 0;
            },
            "the stream is cut");
        await refused;
        stage.Gate.Open();
        await stopping.WaitAsync(Waiting.Limit);
    }

    private static Ask Long(uint id) => QuestionTests.Question(id, tokens: 500);

    /// <summary>A server whose decoder goes on only when it is let.</summary>
    private sealed class Stage(RunningServer server, Gate gate, int[] steps) : IAsyncDisposable
    {
        public RunningServer Server => server;

        public Gate Gate => gate;

        public int Steps => Volatile.Read(ref steps[0]);

        public static async Task<Stage> StartAsync(int steps, Action<IServiceCollection>? configure = null)
        {
            var gate = new Gate(steps);
            var count = new int[1];
            var hooks = new BackendHooks
            {
                Decoding = (IReadOnlyList<DecodeStep> _) =>
                {
                    gate.Pass();
                    Interlocked.Increment(ref count[0]);
                },
            };
            return new Stage(await RunningServer.StartAsync(configure, hooks), gate, count);
        }

        public async ValueTask DisposeAsync()
        {
            gate.Open();
            await server.DisposeAsync();
        }
    }
}
