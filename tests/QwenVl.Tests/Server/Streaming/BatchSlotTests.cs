using System.Net;
using System.Net.Http.Json;
using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using QwenVl.Model.Execution;
using QwenVl.Model.Vision;
using QwenVl.Protos.V1;
using QwenVl.Runtime.Encoding;
using QwenVl.Runtime.Errors;
using QwenVl.Tests.Runtime.Preprocessing;
using QwenVl.Tests.Server.Fakes;

namespace QwenVl.Tests.Server.Streaming;

/// <summary>Places in a step and in a batch go to those who still want them.</summary>
public sealed class BatchSlotTests
{
    private static readonly string[] OneAtATime = ["--max-batch-size", "1"];

    [Fact]
    public async Task Cancel_frees_batch_slot()
    {
        using var gate = new Gate(3);
        var steps = new StepLog(gate);
        await using RunningServer server = await RunningServer.StartAsync(hooks: steps.Hooks, flags: OneAtATime);
        using TestStream leaving = await TestStream.GreetAsync(server), next = await TestStream.GreetAsync(server);
        await leaving.SendAsync(new ClientMessage { Ask = QuestionTests.Question(1, tokens: 500) });
        await gate.ArrivedAsync();
        await next.SendAsync(new ClientMessage { Ask = QuestionTests.Question(1) });
        await Waiting.UntilAsync(() => server.Models.Model.Decoder.Waiting == 1, "the next question waits");
        await leaving.SendAsync(new ClientMessage { Cancel = new Cancel { QuestionId = 1 } });
        Assert.Equal(Finished.Types.Reason.Cancelled, (await leaving.AnswerAsync()).Finished.Reason);

        gate.Let(1);
        await gate.ArrivedAsync();
        Assert.NotSame(steps.Sequences[3], steps.Sequences[4]);
        gate.Open();
        Assert.Equal(12, (await next.AnswerAsync()).Tokens.Length);
    }

    [Fact]
    public async Task Cancel_frees_a_place_in_front_of_the_tower()
    {
        using var gate = new Gate();
        var hooks = new BackendHooks { Encoding = _ => gate.Pass() };
        await using RunningServer server = await RunningServer.StartAsync(hooks: hooks);
        EncodeWorker tower = server.Models.ClientTowers.Values.First().Worker;
        using TestStream stream = await TestStream.GreetAsync(server);
        await AskForFeaturesAsync(stream, 1, side: 320);
        await gate.ArrivedAsync();
        await AskForFeaturesAsync(stream, 2, side: 352);
        await Waiting.UntilAsync(() => tower.Waiting == 1, "the second picture waits");
        await stream.SendAsync(new ClientMessage { Cancel = new Cancel { QuestionId = 2 } });
        Assert.Equal(2u, (await stream.AnswerAsync()).Finished.QuestionId);

        await Waiting.UntilAsync(() => tower.Waiting == 0, "its place is free though the tower is busy");
        gate.Open();
        Assert.Equal(1u, (await stream.AnswerAsync()).Finished.QuestionId);
    }

    [Fact]
    public async Task Deadline_frees_batch_slot()
    {
        using var gate = new Gate(3);
        var steps = new StepLog(gate);
        await using RunningServer server = await RunningServer.StartAsync(hooks: steps.Hooks, flags: OneAtATime);
        // The transport keeps this time, not the server's clock: long enough to ask in, short enough to wait for.
        using TestStream late = await TestStream.GreetAsync(server, new CallOptions(deadline: TimeProvider.System.GetUtcNow().UtcDateTime.AddSeconds(2)));
        using TestStream next = await TestStream.GreetAsync(server);
        await late.SendAsync(new ClientMessage { Ask = QuestionTests.Question(1, tokens: 500) });
        await gate.ArrivedAsync();
        await next.SendAsync(new ClientMessage { Ask = QuestionTests.Question(1) });
        await Waiting.UntilAsync(() => server.Models.Model.Decoder.Waiting == 1, "the next question waits");
        Assert.Equal(StatusCode.DeadlineExceeded, (await late.FailureAsync()).StatusCode);
        // The client's clock may be a little ahead of the server's.
        await Waiting.UntilAsync(() => server.Live.Streams == 1, "the stream is closed");

        gate.Let(1);
        await gate.ArrivedAsync();
        Assert.NotSame(steps.Sequences[3], steps.Sequences[4]);
        gate.Open();
        Assert.Equal(12, (await next.AnswerAsync()).Tokens.Length);
    }

    [Fact]
    public async Task Backend_failure_fails_only_its_batch()
    {
        const int Bad = 384;
        using var gate = new Gate();
        var batches = new List<int>();
        var hooks = new BackendHooks();
        hooks.Encoding = batch =>
        {
            gate.Pass();
            lock (batches) batches.Add(batch.Count);
            if (batch.Any(picture => picture.Grid.Height == Bad / ImageGrid.PatchSize)) throw new InvalidOperationException("broken");
        };
        await using RunningServer server = await RunningServer.StartAsync(hooks: hooks);
        EncodeWorker tower = server.Models.ClientTowers.Values.First().Worker;
        using TestStream stream = await TestStream.GreetAsync(server);
        await AskForFeaturesAsync(stream, 1, side: 320);
        await gate.ArrivedAsync();
        await AskForFeaturesAsync(stream, 2, side: 352);
        await AskForFeaturesAsync(stream, 3, side: Bad);
        await AskForFeaturesAsync(stream, 4, side: 416);
        await Waiting.UntilAsync(() => tower.Waiting == 3, "three pictures wait for one batch");
        gate.Open();

        var failed = new List<uint>();
        for (int ended = 0; ended < 4;)
        {
            ServerMessage message = await stream.ReadAsync();
            if (message.Finished is not null) ended++;
            if (message.QuestionFailed is not { } failure) continue;
            failed.Add(failure.QuestionId);
            ended++;
        }

        // Not even all of its batch: each was run again by itself.
        Assert.Equal([3u], failed);
        lock (batches) Assert.Equal([1, 3, 1, 1, 1], batches);
    }

    [Fact]
    public async Task Queue_full_is_resource_exhausted_with_retry()
    {
        var time = new FakeTimeProvider();
        using var gate = new Gate(3);
        int encoded = 0;
        var hooks = new BackendHooks
        {
            Encoding = pictures => Interlocked.Add(ref encoded, pictures.Count),
            Decoding = _ =>
            {
                gate.Pass();
                time.Advance(TimeSpan.FromSeconds(1));
            },
        };
        await using RunningServer server = await RunningServer.StartAsync(
            services => services.AddSingleton<TimeProvider>(time), hooks, new() { ["Runtime:MaxQueueLength"] = "1" }, OneAtATime);
        using TestStream stream = await TestStream.GreetAsync(server);
        // Three steps of a second: a question takes three.
        Assert.Equal(3, (await stream.AskAsync(QuestionTests.Question(1, tokens: 3))).Tokens.Length);
        await stream.SendAsync(new ClientMessage { Ask = QuestionTests.Question(2, tokens: 500) });
        await gate.ArrivedAsync();
        await stream.SendAsync(new ClientMessage { Ask = QuestionTests.Question(3) });
        await Waiting.UntilAsync(() => server.Models.Model.Decoder.Waiting == 1, "the queue is full");

        QuestionFailed failed = (await stream.AskAsync(QuestionTests.Question(4))).Failed;
        Assert.Equal((4u, (int)Google.Rpc.Code.ResourceExhausted, RequestReason.QueueFull, 3000), (failed.QuestionId, failed.Code, failed.Reason, failed.RetryAfterMs));
        using HttpResponseMessage response = await server.Http.PostAsJsonAsync(new Uri(server.HttpAddress, "/v1/feature_extract"), new { image_base64 = Convert.ToBase64String(PictureFiles.Good), text_prompt = "?" });
        Assert.Equal((HttpStatusCode.TooManyRequests, 3), (response.StatusCode, response.Headers.RetryAfter?.Delta?.TotalSeconds));
        Assert.Equal(0, Volatile.Read(ref encoded));
        gate.Open();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_answer_that_is_complete_waits_for_its_features_only_where_they_are_wanted_all_the_same(bool untilAnswered)
    {
        using var gate = new Gate();
        bool closed = false;
        await using RunningServer server = await RunningServer.StartAsync(hooks: new BackendHooks { Encoding = _ => { if (Volatile.Read(ref closed)) gate.Pass(); } });
        using TestStream stream = await TestStream.GreetAsync(server);
        await stream.UploadAsync(1, PictureFiles.Good);
        // The large model's features are known from here on; the client's are not.
        await stream.AskAsync(QuestionTests.Question(1, image: 1));
        Volatile.Write(ref closed, true);
        Ask ask = QuestionTests.Question(2, image: 1);
        (ask.Features, ask.FeaturesUntilAnswered) = (FeatureType.Float16, untilAnswered);
        Task<TestAnswer> answering = stream.AskAsync(ask);
        if (!untilAnswered)
        {
            await gate.ArrivedAsync();
            gate.Open();
        }

        TestAnswer answer = await answering;

        Assert.Equal((12, Finished.Types.Reason.Length), (answer.Tokens.Length, answer.Finished.Reason));
        Assert.Equal(!untilAnswered, answer.Messages.Any(message => message.FeatureChunk is not null));
        gate.Open();
        await server.BaselineAfterQuestionsAsync();
    }

    [Fact]
    public async Task A_question_of_batch_priority_lets_later_ones_pass()
    {
        using var gate = new Gate();
        await using RunningServer server = await RunningServer.StartAsync(hooks: new BackendHooks { Decoding = _ => gate.Pass() }, flags: OneAtATime);
        using TestStream stream = await TestStream.GreetAsync(server);
        await stream.SendAsync(new ClientMessage { Ask = QuestionTests.Question(1) });
        await gate.ArrivedAsync();
        Ask patient = QuestionTests.Question(2);
        patient.Priority = Priority.Batch;
        await stream.SendAsync(new ClientMessage { Ask = patient });
        await Waiting.UntilAsync(() => server.Models.Model.Decoder.Waiting == 1, "the patient question waits");
        await stream.SendAsync(new ClientMessage { Ask = QuestionTests.Question(3) });
        await Waiting.UntilAsync(() => server.Models.Model.Decoder.Waiting == 2, "both wait");
        gate.Open();

        var order = new List<uint>();
        for (int i = 0; i < 3; i++) order.Add((await stream.AnswerAsync()).Finished.QuestionId);
        Assert.Equal([1, 3, 2], order);
        Ask unknown = QuestionTests.Question(4);
        unknown.Priority = (Priority)9;
        Assert.Equal(RequestReason.BadRequest, (await stream.AskAsync(unknown)).Failed.Reason);
    }

    private static async Task AskForFeaturesAsync(TestStream stream, uint id, int side)
    {
        await stream.UploadAsync(id, PictureFiles.Png(side, side));
        await stream.SendAsync(new ClientMessage { Ask = new Ask { QuestionId = id, ImageIds = { id }, Prompt = "?", Features = FeatureType.Float16 } });
    }

    /// <summary>Which sequence each step was of, where a step is of one; a step at the gate is there already.</summary>
    private sealed class StepLog
    {
        private readonly List<IDecoderSequence> _sequences = [];

        public StepLog(Gate gate) => Hooks = new BackendHooks
        {
            Decoding = steps =>
            {
                lock (_sequences) _sequences.Add(Assert.Single(steps).Sequence);
                gate.Pass();
            },
        };

        public BackendHooks Hooks { get; }

        public IReadOnlyList<IDecoderSequence> Sequences
        {
            get
            {
                lock (_sequences) return [.. _sequences];
            }
        }
    }
}
