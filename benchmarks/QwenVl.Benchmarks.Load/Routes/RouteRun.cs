using System.Text;
using QwenVl.Benchmarks.Load.Networks;
using QwenVl.Benchmarks.Load.Scenarios;
using QwenVl.Client;
using QwenVl.Client.Answers;
using QwenVl.Engines.Tool.Evaluation;

namespace QwenVl.Benchmarks.Load.Routes;

/// <summary>Asks every question by every route over every network, the routes by turns, so that what else happens on the machine meets all alike.</summary>
/// <param name="scenario">What.</param>
/// <param name="server">Whom.</param>
/// <param name="engines">The device's engines.</param>
/// <param name="questions">What is asked.</param>
/// <param name="pictures">Makes each question's file.</param>
/// <param name="time">The clock.</param>
internal sealed class RouteRun(RouteScenario scenario, Uri server, string engines, IReadOnlyList<RouteQuestion> questions, FreshPictures pictures, TimeProvider time)
{
    // What runs on beyond the right answer is wrong whatever follows.
    private const int TokensBeyond = 4;
    private const int WarmUpSide = 512;

    /// <summary>Runs.</summary>
    /// <param name="say">Is told where it is.</param>
    /// <param name="cancellation">Ends it early.</param>
    public async Task<(IReadOnlyList<RouteAnswer> Answers, IReadOnlyList<OtherAnswers> Others)> AnswersAsync(Action<string> say, CancellationToken cancellation)
    {
        var answers = new List<RouteAnswer>();
        var others = new List<OtherAnswers>();
        foreach (LoadChoice load in scenario.Loads)
        {
            await using OtherClients busy = await OtherClients.StartAsync(server, load.Clients, questions, pictures, time, cancellation);
            foreach (NetworkOptions network in scenario.Networks)
            {
                (int before, int refusedBefore) = (busy.Answers, busy.Refusals);
                long start = time.GetTimestamp();
                await OverAsync(network, async client =>
                {
                    for (int i = 0; i < questions.Count; i++)
                    {
                        say($"{load.Name}, {network.Name}: {i} of {questions.Count}");
                        for (int turn = 0; turn < scenario.Routes.Count; turn++)
                            answers.Add(await AskAsync(client, load, network, scenario.Routes[(turn + i) % scenario.Routes.Count], questions[i], cancellation));
                    }
                }, cancellation);
                others.Add(new OtherAnswers(load.Name, network.Name, busy.Answers - before, busy.Refusals - refusedBefore, time.GetElapsedTime(start).TotalSeconds));
            }
        }

        return (answers, others);
    }

    /// <summary>Uses a client behind a network.</summary>
    public async Task OverAsync(NetworkOptions network, Func<QwenVlClient, Task> use, CancellationToken cancellation)
    {
        await using var proxy = new ShapingProxy(server, network, scenario.Seed, time);
        await using var client = new QwenVlClient(new QwenVlClientOptions { ServerAddress = proxy.Address, DeviceEnginePath = engines, TimeProvider = time });
        await client.ConnectAsync(cancellation);
        await client.WarmUp(WarmUpSide, WarmUpSide, cancellation);
        await use(client);
    }

    private async Task<RouteAnswer> AskAsync(QwenVlClient client, LoadChoice load, NetworkOptions network, RouteChoice route, RouteQuestion question, CancellationToken cancellation)
    {
        var options = new GenerateOptions
        {
            Route = route.Route,
            FeatureEncoding = route.Features,
            Resolution = scenario.Resolution,
            MaxNewTokens = Encoding.UTF8.GetByteCount(question.Asked.Answer) + TokensBeyond,
        };
        long start = time.GetTimestamp();
        using var timeout = new CancellationTokenSource(scenario.Timeout, time);
        using var giveUp = CancellationTokenSource.CreateLinkedTokenSource(cancellation, timeout.Token);
        try
        {
            await client.ConnectAsync(giveUp.Token);
            await using Answer answer = await client.GenerateAsync(pictures.Of(question.Jpeg), question.Asked.Prompt, options, giveUp.Token);
            AnswerSummary summary = await answer.GetSummaryAsync(giveUp.Token);
            StageTimings timings = summary.Timings;
            return Row(null, AnswerRule.IsRight(summary.Text, question.Asked.Answer), timings.FirstToken, timings.Total) with
            {
                BytesUp = summary.BytesSent,
                BytesDown = summary.BytesReceived,
                CloudTokens = summary.CloudTokens,
                DeviceTokens = summary.DeviceTokens,
                FeaturesMs = timings.FeaturesComplete?.TotalMilliseconds,
                PrefillMs = timings.Prefill?.TotalMilliseconds,
                PrefillRestMs = (timings.PrefillComplete - timings.FeaturesComplete)?.TotalMilliseconds,
            };
        }
        catch (QwenVlException error)
        {
            return Row(error.ServerReason ?? error.Code.ToString(), false, null, time.GetElapsedTime(start));
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested && !cancellation.IsCancellationRequested)
        {
            return Row("TIMEOUT", false, null, scenario.Timeout);
        }

        RouteAnswer Row(string? failure, bool isRight, TimeSpan? first, TimeSpan total) => new(
            load.Name, network.Name, route.Name, question.Picture, question.Asked.Task, failure, isRight, (first ?? total).TotalMilliseconds, total.TotalMilliseconds, 0, 0, 0, 0, null, null, null);
    }
}
