using QwenVl.Client;
using QwenVl.Client.Device;
using QwenVl.Client.Handoff;
using QwenVl.Model.Sampling;
using QwenVl.Model.Vision;

namespace QwenVl.Benchmarks.Device.Speed;

/// <summary>Times the client's own decoder: a prompt with a picture whose features come from elsewhere, then tokens, as an answer is written.</summary>
internal sealed class SpeedRun(QwenVlClientOptions options, int promptTokens, int answerTokens)
{
    // 16 x 16 tokens of a picture of 512 x 512.
    private static readonly ImageGrid Grid = new(32, 32);

    /// <summary>The first repetition pays for what happens once; of the others the better one counts, prefill and decode each for itself.</summary>
    public async Task<SpeedResult> RunAsync(int repetitions)
    {
        DeviceModel model = DeviceEngines.Open(options)!;
        long start = TimeProvider.System.GetTimestamp();
        await using var device = new LocalDevice(model, options.PrefillChunk, options.TimeProvider, options.MemoryBudget);
        await device.LoadAsync(encodesFirst: false, CancellationToken.None);
        double load = TimeProvider.System.GetElapsedTime(start).TotalSeconds;
        ImageFeatures features = Features(model);
        string question = Question(device);
        double prefill = 0, decode = 0, bytes = double.MaxValue;
        int tokens = 0;
        for (int i = 0; i < repetitions; i++)
        {
            await using LocalSequence sequence = await device.StartAsync(question, features.Grid, answerTokens + 1, SamplingParameters.Greedy, CancellationToken.None);
            tokens = sequence.PromptLength;
            start = TimeProvider.System.GetTimestamp();
            await sequence.PrefillAsync(ArrivingFeatures.Of(features), CancellationToken.None);
            prefill = Math.Max(prefill, tokens / TimeProvider.System.GetElapsedTime(start).TotalSeconds);
            int token = await sequence.SampleAsync(CancellationToken.None);
            var steps = new double[answerTokens];
            long allocated = GC.GetTotalAllocatedBytes(precise: true);
            for (int step = 0; step < answerTokens; step++)
            {
                start = TimeProvider.System.GetTimestamp();
                token = await sequence.FeedAndSampleAsync(token, CancellationToken.None);
                steps[step] = TimeProvider.System.GetElapsedTime(start).TotalSeconds;
            }

            bytes = Math.Min(bytes, (GC.GetTotalAllocatedBytes(precise: true) - allocated) / (double)answerTokens);
            Array.Sort(steps);
            decode = Math.Max(decode, 1 / steps[steps.Length / 2]);
        }

        ProcessMemory memory = ProcessMemory.Read();
        return new SpeedResult(load, tokens, prefill, decode, bytes, memory.Peak, memory.Anonymous, memory.File);
    }

    private static ImageFeatures Features(DeviceModel model)
    {
        int width = model.Config.Text.HiddenSize, taps = model.Config.Vision.TapIndexes.Count;
        var values = new float[(1 + taps) * Grid.Tokens * width];
        var random = new Random(1);
        for (int i = 0; i < values.Length; i++) values[i] = (float)(random.NextDouble() - 0.5) / 10;
        return new ImageFeatures(Grid, width, taps, values);
    }

    /// <summary>A question that makes the prompt as long as wanted, or a little longer.</summary>
    private string Question(LocalDevice device)
    {
        string question = "What is that?";
        // The template's tokens around question and picture.
        int around = 16 + Grid.Tokens;
        while (device.Tokenizer.Encode(question).Length + around < promptTokens) question += " And what is that?";
        return question;
    }
}
