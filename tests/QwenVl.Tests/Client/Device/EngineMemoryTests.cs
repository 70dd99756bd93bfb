using QwenVl.Client;
using QwenVl.Client.Answers;
using QwenVl.Client.Device;
using QwenVl.Client.Handoff;
using QwenVl.Model.Execution;
using QwenVl.Model.Sampling;
using QwenVl.Model.Vision;
using QwenVl.Tests.Client.Fakes;

namespace QwenVl.Tests.Client.Device;

public sealed class EngineMemoryTests
{
    private const long VisionBytes = 400, DecoderBytes = 900;
    private readonly List<string> _events = [];

    [Fact]
    public async Task Where_both_fit_each_is_loaded_once()
    {
        await AskTwiceAsync(VisionBytes + DecoderBytes);

        Assert.Equal(["decoder", "vision"], _events.Where(each => !each.StartsWith("free", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Where_memory_is_short_the_two_are_never_there_together_and_the_answer_is_the_same()
    {
        string text = await AskTwiceAsync(VisionBytes + DecoderBytes - 1);

        Assert.Equal(["vision", "free vision", "decoder", "free decoder", "vision", "free vision", "decoder", "free decoder"], _events);
        Assert.Equal(text, await AskTwiceAsync(null));
    }

    [Fact]
    public async Task A_decoder_that_writes_an_answer_is_not_freed_for_another_picture()
    {
        await using (var device = new LocalDevice(Model(), prefillChunk: 7, TimeProvider.System, memoryBudget: 1))
        {
            ImagePatches patches = await device.PrepareAsync(TestPictures.Image, long.MaxValue, PictureResolution.Pixels512, "?", CancellationToken.None);
            ImageFeatures features = await device.EncodeAsync(patches, CancellationToken.None);
            await using LocalSequence sequence = await device.StartAsync("?", features.Grid, 4, SamplingParameters.Greedy, CancellationToken.None);
            await sequence.PrefillAsync(ArrivingFeatures.Of(features), CancellationToken.None);
            await device.EncodeAsync(patches, CancellationToken.None);
            await sequence.SampleAsync(CancellationToken.None);
        }

        Assert.Equal(["vision", "free vision", "decoder", "vision", "free vision", "free decoder"], _events);
    }

    [Fact]
    public void A_budget_of_nothing_is_refused()
    {
        QwenVlException refused = Assert.Throws<QwenVlException>(() => new QwenVlClient(new QwenVlClientOptions { MemoryBudget = 0, DeviceEnginePath = "engines" }));
        Assert.Equal(QwenVlErrorCode.InvalidArgument, refused.Code);
    }

    private async Task<string> AskTwiceAsync(long? budget)
    {
        await using var client = new QwenVlClient(Conversation.Options with { MemoryBudget = budget }, Model(), null);
        var options = new GenerateOptions { Route = Route.DeviceOnly, MaxNewTokens = 8 };
        (_, AnswerSummary first) = await Conversation.ReadAsync(await client.GenerateAsync(TestPictures.Image, "Route", options));
        (_, AnswerSummary second) = await Conversation.ReadAsync(await client.GenerateAsync(TestPictures.Image, "Route", options));
        Assert.Equal(first.Text, second.Text);
        return first.Text;
    }

    private DeviceModel Model() => TinyModel.Device() with
    {
        VisionBytes = VisionBytes,
        DecoderBytes = DecoderBytes,
        LoadVision = () =>
        {
            _events.Add("vision");
            return new NotedVision(() => _events.Add("free vision"));
        },
        LoadDecoder = () =>
        {
            _events.Add("decoder");
            return new NotedDecoder(() => _events.Add("free decoder"));
        },
    };

    private sealed class NotedVision(Action freed) : IVisionEncoder
    {
        private readonly HashVision _inner = new();

        public int FeatureWidth => _inner.FeatureWidth;

        public int TapCount => _inner.TapCount;

        public int MaxBatchSize => _inner.MaxBatchSize;

        public int MaxPatches => _inner.MaxPatches;

        public IReadOnlyList<ImageFeatures> Encode(IReadOnlyList<ImagePatches> batch) => _inner.Encode(batch);

        public void Dispose() => freed();
    }

    private sealed class NotedDecoder(Action freed) : ITextDecoder
    {
        private readonly HashDecoder _inner = new();

        public int VocabularySize => _inner.VocabularySize;

        public int MaxSequenceLength => _inner.MaxSequenceLength;

        public int MaxBatchSize => _inner.MaxBatchSize;

        public IDecoderSequence CreateSequence(int capacity) => _inner.CreateSequence(capacity);

        public void Run(IReadOnlyList<DecodeStep> steps) => _inner.Run(steps);

        public void Dispose()
        {
            _inner.Dispose();
            freed();
        }
    }
}
