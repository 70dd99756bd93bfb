using BenchmarkDotNet.Attributes;
using QwenVl.Benchmarks.Budgets;
using QwenVl.Client;
using QwenVl.Client.Answers;
using QwenVl.Client.Device;
using QwenVl.Client.Handoff;
using QwenVl.Model.Manifest;
using QwenVl.Model.Sampling;
using QwenVl.Model.Vision;

namespace QwenVl.Benchmarks.Micro;

/// <summary>Tokens of an answer on the device, from the decoder to the reader. A token puts its text on the managed heap and nothing else.</summary>
[MemoryDiagnoser]
public class LocalDecodingBenchmarks : IAsyncDisposable
{
    private const int Tokens = 64;
    private const int Answers = 8;

    // Of a call, not of a token: the task that is awaited.
    private const long CallBytes = 256;

    // A string of a few characters, and these once more in the whole answer's text.
    private const long TextBytes = 64;

    // The answer's writer with its channel and buffers.
    private const long WriterBytes = 4096;

    private static readonly ImageGrid Grid = new(16, 16);
    private LocalDevice _device = null!;
    private ImageFeatures _features = null!;
    private LocalSequence? _sequence;
    private int _room;

    /// <summary>Builds the embedded checkpoint's engine of 4 bits and loads it.</summary>
    [GlobalSetup]
    public async Task SetUpAsync()
    {
        EngineDirectory engine = await EmbeddedDevice.BuildAsync();
        DeviceModel model = DeviceEngines.Open(new QwenVlClientOptions { DeviceEnginePath = engine.Path })!;
        int taps = model.Config.Vision.TapIndexes.Count, width = model.Config.Text.HiddenSize;
        _features = new ImageFeatures(Grid, width, taps, new float[(1 + taps) * Grid.Tokens * width]);
        _device = new LocalDevice(model, new QwenVlClientOptions().PrefillChunk, TimeProvider.System);
        await _device.LoadAsync(encodesFirst: false, CancellationToken.None);
    }

    /// <summary>Takes tokens in and chooses the next ones.</summary>
    [Benchmark(OperationsPerInvoke = Tokens), AllocationBudget(CallBytes)]
    public async Task Decode()
    {
        LocalSequence sequence = await SequenceAsync();
        int token = 1;
        for (int i = 0; i < Tokens; i++) token = await sequence.FeedAndSampleAsync(token, CancellationToken.None);
    }

    /// <summary>The same, and the answer is written and read.</summary>
    [Benchmark(OperationsPerInvoke = Tokens), AllocationBudget(CallBytes + WriterBytes + Tokens * TextBytes)]
    public async Task DecodeAndWrite()
    {
        LocalSequence sequence = await SequenceAsync();
        var answer = new AnswerWriter(_device.Tokenizer, Tokens, new AnswerClock(TimeProvider.System));
        int token = 1;
        for (int i = 0; i < Tokens; i++)
        {
            token = await sequence.FeedAndSampleAsync(token, CancellationToken.None);
            answer.Write(i, token, TokenSource.Device);
            answer.Tokens.TryRead(out _);
        }
    }

    /// <inheritdoc/>
    [GlobalCleanup]
    public async ValueTask DisposeAsync()
    {
        if (_sequence is not null) await _sequence.DisposeAsync();
        await _device.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    /// <summary>The sequence, begun anew where it is full.</summary>
    private async ValueTask<LocalSequence> SequenceAsync()
    {
        if (_sequence is not null && _room >= Tokens)
        {
            _room -= Tokens;
            return _sequence;
        }

        if (_sequence is not null) await _sequence.DisposeAsync();
        _sequence = await _device.StartAsync("What is that?", Grid, Answers * Tokens, SamplingParameters.Greedy, CancellationToken.None);
        await _sequence.PrefillAsync(ArrivingFeatures.Of(_features), CancellationToken.None);
        _room = (Answers - 1) * Tokens;
        return _sequence;
    }
}
