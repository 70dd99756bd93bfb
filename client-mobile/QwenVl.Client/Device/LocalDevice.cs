using QwenVl.Client.Answers;
using QwenVl.Client.Images;
using QwenVl.Model.Execution;
using QwenVl.Model.Prompts;
using QwenVl.Model.Sampling;
using QwenVl.Model.Text;
using QwenVl.Model.Vision;

namespace QwenVl.Client.Device;

/// <summary>
/// The device's tokenizer, vision tower and decoder, each loaded when it is first needed, all run on one thread. Where memory does
/// not hold tower and decoder side by side, the tower is freed when a picture is encoded, and the decoder before one is, unless an
/// answer is being written.
/// </summary>
internal sealed class LocalDevice : IAsyncDisposable
{
    private readonly DeviceThread _thread = new("qwenvl device");
    private readonly Lazy<QwenTokenizer> _tokenizer;
    private readonly Lazy<PromptBuilder> _prompts;
    private readonly int _prefillChunk;
    private readonly TimeProvider _time;
    private readonly EngineMemory _memory;
    private int _sequences;
    private IVisionEncoder? _vision;
    private ITextDecoder? _decoder;
    private int _disposed;

    /// <param name="model">What runs here.</param>
    /// <param name="prefillChunk">Prompt tokens a run.</param>
    /// <param name="time">The clock.</param>
    /// <param name="memoryBudget">Bytes of both engines' weights; null for the default.</param>
    public LocalDevice(DeviceModel model, int prefillChunk, TimeProvider time, long? memoryBudget = null)
    {
        (Model, _prefillChunk, _time) = (model, prefillChunk, time);
        _memory = new EngineMemory(model.VisionBytes, model.DecoderBytes, memoryBudget);
        _tokenizer = new(() => QwenTokenizer.Load(model.TokenizerPath));
        _prompts = new(() => new PromptBuilder(_tokenizer.Value, model.Config));
    }

    /// <summary>What runs here.</summary>
    public DeviceModel Model { get; }

    /// <summary>The tokenizer; loaded by <see cref="LoadAsync"/>.</summary>
    public QwenTokenizer Tokenizer => _tokenizer.Value;

    /// <summary>Loads tokenizer and decoder.</summary>
    /// <param name="encodesFirst">Whether a picture is encoded next: a decoder that would be freed for that is not loaded.</param>
    /// <param name="cancellationToken">Gives up before it begins.</param>
    public Task LoadAsync(bool encodesFirst, CancellationToken cancellationToken) => RunAsync(() =>
    {
        _ = _prompts.Value;
        if (!encodesFirst || _memory.HoldsBoth) Decoder();
        return true;
    }, cancellationToken);

    /// <summary>Decodes a picture and cuts it into patches.</summary>
    /// <param name="image">The picture.</param>
    /// <param name="maxPixels">Larger pictures are refused.</param>
    /// <param name="resolution">What the models see of it.</param>
    /// <param name="prompt">What is asked, which <see cref="PictureResolution.Auto"/> looks at.</param>
    /// <param name="cancellationToken">Gives up before it begins.</param>
    public Task<ImagePatches> PrepareAsync(ClientImage image, long maxPixels, PictureResolution resolution, string prompt, CancellationToken cancellationToken) =>
        RunAsync(() => Prepare(ImageDecoder.Decode(image, maxPixels), resolution, ReadingPrompt.Matches(prompt)), cancellationToken);

    /// <summary>Runs the vision tower.</summary>
    public Task<ImageFeatures> EncodeAsync(ImagePatches patches, CancellationToken cancellationToken) => RunAsync(() =>
    {
        if (_vision is null && !_memory.HoldsBoth && _sequences == 0) Free(ref _decoder);
        _vision ??= Model.LoadVision();
        try
        {
            return _vision.Encode([patches])[0];
        }
        finally
        {
            if (!_memory.HoldsBoth) Free(ref _vision);
        }
    }, cancellationToken);

    /// <summary>Renders one question about one picture, and reserves room for it and its answer.</summary>
    /// <exception cref="QwenVlException">It does not fit the decoder.</exception>
    public Task<LocalSequence> StartAsync(string prompt, ImageGrid grid, int maxNewTokens, SamplingParameters sampling, CancellationToken cancellationToken) => RunAsync(() =>
    {
        Prompt rendered = _prompts.Value.Build([ChatTurn.User(prompt, grid)]);
        ITextDecoder decoder = Decoder();
        int needed = rendered.Length + maxNewTokens;
        if (needed > decoder.MaxSequenceLength)
        {
            throw new QwenVlException(QwenVlErrorCode.PromptTooLong,
                $"The question takes {rendered.Length} tokens and its answer up to {maxNewTokens}; the device holds {decoder.MaxSequenceLength}. Shorten one of them or ask for the 512 resolution.");
        }

        // The cache comes last: nothing that may fail follows, so none is left behind.
        var sampler = new TokenSampler(sampling);
        var sequence = new LocalSequence(this, decoder, decoder.CreateSequence(needed), rendered, sampler, _prefillChunk);
        _sequences++;
        return sequence;
    }, cancellationToken);

    /// <summary>Frees a sequence's cache.</summary>
    public Task FreeAsync(IDecoderSequence sequence) => RunAsync(() =>
    {
        sequence.Dispose();
        return --_sequences;
    }, CancellationToken.None);

    /// <summary>Runs a token's work on the device's thread.</summary>
    public ValueTask<int> RunAsync(TokenWork work, CancellationToken cancellationToken) => work.StartAsync(_thread, cancellationToken);

    /// <summary>Runs work on the device's thread; its failures become <see cref="QwenVlErrorCode.DeviceFailed"/>.</summary>
    public async Task<T> RunAsync<T>(Func<T> work, CancellationToken cancellationToken)
    {
        try
        {
            return await _thread.RunAsync(work, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception error) when (!DeviceFailure.IsTold(error))
        {
            throw DeviceFailure.Of(error);
        }
    }

    /// <summary>Runs work on the device's thread.</summary>
    /// <returns>How long it computed there.</returns>
    public Task<TimeSpan> MeasureAsync(Action work, CancellationToken cancellationToken) => RunAsync(() =>
    {
        long from = _time.GetTimestamp();
        work();
        return _time.GetElapsedTime(from);
    }, cancellationToken);

    /// <summary>Frees the engines, after the work that waits.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0) return;
        await _thread.RunAsync(() =>
        {
            Free(ref _decoder);
            Free(ref _vision);
            return true;
        }, CancellationToken.None).ConfigureAwait(false);
        await _thread.DisposeAsync().ConfigureAwait(false);
    }

    private static ImagePatches Prepare(RgbImage image, PictureResolution resolution, bool isReading)
    {
        try
        {
            return resolution == PictureResolution.Auto
                ? AutoResolution.Prepare(image, isReading)
                : ImagePreprocessor.Prepare(image, resolution == PictureResolution.Pixels1024 ? SmartResize.Pixels1024 : SmartResize.Pixels512);
        }
        catch (ArgumentException error)
        {
            throw new QwenVlException(QwenVlErrorCode.ImageUnreadable, error.Message, error);
        }
    }

    private static void Free<T>(ref T? engine)
        where T : class, IDisposable
    {
        engine?.Dispose();
        engine = null;
    }

    private ITextDecoder Decoder() => _decoder ??= Model.LoadDecoder();
}
