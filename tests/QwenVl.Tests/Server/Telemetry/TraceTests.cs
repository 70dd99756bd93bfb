using System.Collections.Concurrent;
using System.Diagnostics;
using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry.Trace;
using QwenVl.Protos.V1;
using QwenVl.Runtime.Errors;
using QwenVl.Runtime.Tenancy;
using QwenVl.Server.Telemetry;
using QwenVl.Tests.Runtime.Preprocessing;
using QwenVl.Tests.Server.Fakes;
using QwenVl.Tests.Server.Streaming;

namespace QwenVl.Tests.Server.Telemetry;

public sealed class TraceTests
{
    [Fact]
    public async Task A_question_holds_its_stages_in_order()
    {
        await using RunningServer server = await RunningServer.StartAsync();
        Ask ask = QuestionTests.Question(1, image: 1);
        ask.Features = FeatureType.Float16;
        (TestAnswer answer, Activity[] activities) = await TraceAsync(server, ask);
        ServerTimings timings = answer.Timings;

        Activity question = activities.Single(activity => activity.OperationName == "question");
        Assert.Equal(ActivityStatusCode.Unset, question.Status);
        Assert.Equal("anonymous", question.GetTagItem("qwenvl.tenant"));
        Assert.Equal("finished", question.GetTagItem("qwenvl.outcome"));
        Assert.Equal(1, question.GetTagItem("qwenvl.pictures"));
        Assert.Equal(timings.VisualTokens, question.GetTagItem("qwenvl.visual_tokens"));
        Assert.Equal(answer.Finished.PromptTokens, question.GetTagItem("gen_ai.usage.input_tokens"));
        Assert.Equal(12, question.GetTagItem("gen_ai.usage.output_tokens"));

        Dictionary<string, Activity> stages = activities.Where(activity => activity != question).ToDictionary(activity => activity.OperationName);
        Assert.Equal(
            ((string[])[QuestionTrace.Preprocess, QuestionTrace.Encode, QuestionTrace.EncodeForClient, QuestionTrace.SendFeatures, QuestionTrace.Prefill, QuestionTrace.Decode]).Order(),
            stages.Keys.Order());
        Assert.All(stages.Values, stage =>
        {
            Assert.Equal(question.SpanId, stage.ParentSpanId);
            Assert.InRange(stage.StartTimeUtc, question.StartTimeUtc, End(question));
            Assert.InRange(End(stage), stage.StartTimeUtc, End(question));
        });
        Follow(stages[QuestionTrace.Preprocess], stages[QuestionTrace.Encode], stages[QuestionTrace.Prefill], stages[QuestionTrace.Decode]);
        Follow(stages[QuestionTrace.Preprocess], stages[QuestionTrace.EncodeForClient], stages[QuestionTrace.SendFeatures]);

        Holds(timings.PreprocessSeconds, stages[QuestionTrace.Preprocess]);
        Holds(timings.EncodeSeconds, stages[QuestionTrace.Encode]);
        Holds(timings.ClientEncodeSeconds, stages[QuestionTrace.EncodeForClient]);
        Holds(timings.PrefillSeconds, stages[QuestionTrace.Prefill]);
        Holds(timings.DecodeSeconds, stages[QuestionTrace.Decode]);
        Assert.Equal(server.Models.Model.Tower.Fingerprint.Model, stages[QuestionTrace.Encode].GetTagItem("qwenvl.tower"));
        Assert.Equal(server.Models.ClientTowers.Values.First().Fingerprint.Model, stages[QuestionTrace.EncodeForClient].GetTagItem("qwenvl.tower"));
        Assert.False((bool)stages[QuestionTrace.Encode].GetTagItem("qwenvl.cached")!);
        Assert.InRange((double)stages[QuestionTrace.Encode].GetTagItem("qwenvl.queue_seconds")!, 0, timings.QueueSeconds);
        Assert.Equal(answer.Messages.Single(message => message.FeatureHeader is not null).FeatureHeader.TotalBytes, stages[QuestionTrace.SendFeatures].GetTagItem("qwenvl.bytes"));
        Assert.Equal(12, stages[QuestionTrace.Decode].GetTagItem("qwenvl.tokens"));
    }

    [Fact]
    public async Task A_picture_that_is_held_already_is_not_preprocessed_and_says_so()
    {
        await using RunningServer server = await RunningServer.StartAsync();
        await TraceAsync(server, QuestionTests.Question(1, image: 1));
        (_, Activity[] activities) = await TraceAsync(server, QuestionTests.Question(1, image: 1));
        Assert.DoesNotContain(activities, activity => activity.OperationName == QuestionTrace.Preprocess);
        Assert.True((bool)activities.Single(activity => activity.OperationName == QuestionTrace.Encode).GetTagItem("qwenvl.cached")!);
    }

    [Fact]
    public async Task A_refused_question_carries_its_reason()
    {
        await using RunningServer server = await RunningServer.StartAsync();
        (TestAnswer answer, Activity[] activities) = await TraceAsync(server, new Ask { QuestionId = 1, Prompt = " ", Tokens = true });
        Assert.Equal(RequestReason.EmptyPrompt, answer.Failed.Reason);
        Activity question = Assert.Single(activities);
        Assert.Equal((ActivityStatusCode.Error, RequestReason.EmptyPrompt), (question.Status, question.StatusDescription));
        Assert.Equal("refused", question.GetTagItem("qwenvl.outcome"));
        Assert.Equal(RequestReason.EmptyPrompt, question.GetTagItem("error.type"));
    }

    [Fact]
    public void Without_a_listener_nothing_is_created()
    {
        var ask = new Ask { QuestionId = 1, Prompt = "What is it?", ImageIds = { 1 } };
        Assert.Null(QuestionTrace.Begin(ask, Tenant.Anonymous, TimeProvider.System));
        long before = GC.GetAllocatedBytesForCurrentThread();
        QuestionTrace? trace = QuestionTrace.Begin(ask, Tenant.Anonymous, TimeProvider.System);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Null(trace);
    }

    [Fact]
    public async Task Traces_are_exported_only_where_an_endpoint_is_configured()
    {
        await using RunningServer silent = await RunningServer.ListenAsync();
        Assert.Null(silent.Services.GetService<TracerProvider>());
        // Port 9 discards: nobody answers there.
        await using RunningServer exporting = await RunningServer.ListenAsync(settings: new() { [TraceExport.Endpoint] = "http://127.0.0.1:9" });
        Assert.NotNull(exporting.Services.GetService<TracerProvider>());
    }

    /// <summary>Asks within a trace of its own and returns what was recorded of that trace, whoever else asks meanwhile.</summary>
    private static async Task<(TestAnswer Answer, Activity[] Activities)> TraceAsync(RunningServer server, Ask ask)
    {
        var trace = ActivityTraceId.CreateRandom();
        var recorded = new ConcurrentQueue<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == QuestionTrace.SourceName,
            Sample = (ref ActivityCreationOptions<ActivityContext> options) => options.Parent.TraceId == trace ? ActivitySamplingResult.AllDataAndRecorded : ActivitySamplingResult.None,
            ActivityStopped = recorded.Enqueue,
        };
        ActivitySource.AddActivityListener(listener);
        var headers = new Metadata { { "traceparent", $"00-{trace}-{ActivitySpanId.CreateRandom()}-01" } };
        using TestStream stream = await TestStream.GreetAsync(server, new CallOptions(headers));
        if (ask.ImageIds.Count > 0) await stream.UploadAsync(1, PictureFiles.Good);
        TestAnswer answer = await stream.AskAsync(ask);
        await stream.CompleteAsync();
        await stream.ReadToEndAsync();
        await server.BaselineAfterQuestionsAsync();
        return (answer, [.. recorded.Where(activity => activity.TraceId == trace)]);
    }

    private static DateTime End(Activity activity) => activity.StartTimeUtc + activity.Duration;

    private static void Follow(params Activity[] stages)
    {
        foreach ((Activity earlier, Activity later) in stages.Zip(stages.Skip(1)))
            Assert.True(End(earlier) <= later.StartTimeUtc.AddMicroseconds(1), $"{later.OperationName} began before {earlier.OperationName} ended.");
    }

    /// <summary>A stage lasts as long as the client is told, to the microsecond.</summary>
    private static void Holds(double seconds, Activity stage) => Assert.Equal(seconds, stage.Duration.TotalSeconds, 1e-6);
}
