using QwenVl.Client;
using QwenVl.Client.Answers;
using QwenVl.Model.Sampling;
using QwenVl.Tests.Client.Fakes;
using QwenVl.Tests.Server.Fakes;

namespace QwenVl.Tests.Client.Handoff;

/// <summary>One answer under the faults of a seed, held to what one decoder alone answers.</summary>
internal static class FaultRun
{
    private const int MaxNewTokens = 24;
    private const int TimeFactor = 100;

    private static readonly string[] Prompts = ["Any order", "Broken", "Quickly", "Fails", "Route", "Error"];
    private static readonly SamplingParameters Drawn = new() { Temperature = 0.8f, Seed = 5, RepetitionPenalty = 1.1f };
    private static readonly Lazy<(string Prompt, SamplingParameters Sampling, ReferenceAnswer Answer)[]> Questions = new(() =>
    [
        .. Prompts.Select(prompt => (prompt, SamplingParameters.Greedy, Reference(prompt, SamplingParameters.Greedy))),
        ("Was steht da?", Drawn, Reference("Was steht da?", Drawn)),
    ]);

    /// <summary>Runs a seed.</summary>
    /// <returns>How the answer ended.</returns>
    public static async Task<FaultOutcome> RunAsync(int seed)
    {
        var faults = new Faults(seed);
        (string prompt, SamplingParameters sampling, ReferenceAnswer reference) = Questions.Value[faults.Next(Questions.Value.Length)];
        var server = new ScriptedServer { Image = TestPictures.Image, Answer = reference, Shuffle = seed, Carry = faults.CarryAsync };
        int deviceFailsAt = faults.Next(8) == 0 ? faults.Next(20) : int.MaxValue, runs = 0;
        HashDecoder Decoder() => new() { BeforeRun = _ => { if (runs++ >= deviceFailsAt) throw new InvalidOperationException("The engines failed."); } };
        var options = new QwenVlClientOptions
        {
            PrefillChunk = 1 + faults.Next(40),
            TimeProvider = new ScaledTimeProvider(TimeFactor),
            // A machine that is busy for half a second has lost no connection.
            ConnectTimeout = TimeSpan.FromMinutes(1),
            UploadTimeout = TimeSpan.FromMinutes(1),
            ResponseTimeout = TimeSpan.FromMinutes(1),
        };
        var generate = new GenerateOptions
        {
            MaxNewTokens = MaxNewTokens,
            Sampling = sampling,
            Route = faults.Next(4) switch { 0 => Route.CloudOnly, 1 => Route.CloudFeatures, _ => Route.Hybrid },
            TakeOverAfter = faults.Next(MaxNewTokens),
            TakeOverLead = faults.Next(3),
            MaxCloudTokens = faults.Next(2) == 0 ? null : 1 + faults.Next(MaxNewTokens),
        };

        var network = new FakeNetwork(_ => faults.Open(server));
        var client = new QwenVlClient(options, TinyModel.Device(Decoder), network.Server);
        FaultOutcome outcome;
        await using (client)
        {
            await ConnectAsync(client);
            await using Answer answer = await client.GenerateAsync(TestPictures.Image, prompt, generate);
            Task disturbing = faults.Next(4) == 0 ? DisturbAsync(client, answer, faults) : Task.CompletedTask;
            outcome = await ReadAsync(answer, reference, faults.Next(25) == 0 ? faults.Next(12) : int.MaxValue).WaitAsync(Waiting.Limit);
            await disturbing.WaitAsync(Waiting.Limit);
            await Waiting.UntilAsync(() => client.Running == 0, "no answer is under way");
        }

        await Waiting.UntilAsync(() => server is { Questions: 0, Streams: 0 }, "the server is free");
        Assert.Empty(server.Problems);
        return outcome with { Faults = faults.Done };
    }

    private static ReferenceAnswer Reference(string prompt, SamplingParameters sampling) => ReferenceAnswer.Of(TestPictures.Image, prompt, sampling, MaxNewTokens);

    /// <summary>Connecting is the app's to repeat.</summary>
    private static async Task ConnectAsync(QwenVlClient client)
    {
        while (!client.IsConnected)
        {
            try
            {
                await client.ConnectAsync();
            }
            catch (QwenVlException error) when (error.Code is QwenVlErrorCode.ConnectionFailed)
            {
                await Task.Yield();
            }
        }
    }

    /// <summary>The app goes to the background and comes back.</summary>
    private static async Task DisturbAsync(QwenVlClient client, Answer answer, Faults faults)
    {
        for (int i = faults.Next(4); i >= 0; i--)
        {
            for (int wait = faults.Next(200); wait > 0; wait--) await Task.Yield();
            if (faults.Next(2) == 0)
            {
                await answer.PauseAsync();
                Assert.True(answer.State is AnswerState.Paused or AnswerState.Finished or AnswerState.Failed or AnswerState.GivenUp);
                answer.Resume();
            }
            else
            {
                await client.SuspendAsync();
                client.Resume();
            }
        }
    }

    private static async Task<FaultOutcome> ReadAsync(Answer answer, ReferenceAnswer reference, int giveUpAt)
    {
        var tokens = new List<AnswerToken>();
        try
        {
            await foreach (AnswerToken token in answer)
            {
                tokens.Add(token);
                if (tokens.Count > giveUpAt) await answer.DisposeAsync();
            }

            AnswerSummary summary = await answer.GetSummaryAsync();
            Assert.Equal(reference.Tokens.Length, tokens.Count);
            Assert.Equal(reference.Text, summary.Text);
            Assert.Equal(AnswerState.Finished, answer.State);
            return new FaultOutcome(AnswerState.Finished, null, summary.Reconnects);
        }
        catch (QwenVlException error)
        {
            Assert.Equal(AnswerState.Failed, answer.State);
            return new FaultOutcome(AnswerState.Failed, error, 0);
        }
        catch (OperationCanceledException) when (giveUpAt < int.MaxValue)
        {
            return new FaultOutcome(AnswerState.GivenUp, null, 0);
        }
        finally
        {
            Assert.Equal(Enumerable.Range(0, tokens.Count), tokens.Select(token => token.Index));
            Assert.Equal(reference.Tokens.Take(tokens.Count), tokens.Select(token => token.Id));
        }
    }
}
