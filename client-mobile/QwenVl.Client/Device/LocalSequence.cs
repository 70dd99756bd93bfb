using QwenVl.Client.Handoff;
using QwenVl.Model.Execution;
using QwenVl.Model.Prompts;
using QwenVl.Model.Sampling;

namespace QwenVl.Client.Device;

/// <summary>
/// One question in the device's decoder: its prompt, and the tokens of its answer by whomever. For one caller at a time;
/// all computing happens on the device's thread.
/// </summary>
internal sealed class LocalSequence : IAsyncDisposable
{
    private readonly LocalDevice _device;
    private readonly ITextDecoder _decoder;
    private readonly IDecoderSequence _sequence;
    private readonly Prompt _prompt;
    private readonly TokenSampler _sampler;
    private readonly int _chunk;
    private readonly int[] _history;
    private readonly float[] _logits;
    private readonly int[] _tokenPositions = new int[3];
    private readonly DecodeStep _tokenStep;
    private readonly DecodeStep[] _steps = new DecodeStep[1];
    private readonly TokenWork _tokenWork;
    private int _prefilled;
    private int _token;
    private int _disposed;

    public LocalSequence(LocalDevice device, ITextDecoder decoder, IDecoderSequence sequence, Prompt prompt, TokenSampler sampler, int chunk)
    {
        (_device, _decoder, _sequence, _prompt, _sampler, _chunk) = (device, decoder, sequence, prompt, sampler, chunk);
        _history = new int[sequence.Capacity];
        _logits = new float[decoder.VocabularySize];
        prompt.TokenIds.CopyTo(_history, 0);
        _tokenStep = new DecodeStep { Sequence = sequence, Tokens = default, Positions = _tokenPositions };
        _tokenWork = new TokenWork(FeedAndSample);
    }

    /// <summary>Tokens of the answer taken in.</summary>
    public int AnswerLength { get; private set; }

    /// <summary>Tokens of the prompt.</summary>
    public int PromptLength => _prompt.Length;

    /// <summary>Whether the whole prompt has been taken in.</summary>
    public bool IsPrefilled => _prefilled == _prompt.Length;

    /// <summary>How long the decoder has computed for the prompt.</summary>
    public TimeSpan PrefillTime { get; private set; }

    /// <summary>
    /// Takes the prompt in: the text before the picture at once, then as much as has come of the picture, a chunk at the
    /// most, so that a cancellation need not wait for all of it. Called again it goes on after the last chunk.
    /// </summary>
    /// <param name="features">The picture's rows, the same at each call; only those that have come are read.</param>
    /// <param name="cancellationToken">Stops between two runs, and where rows do not come.</param>
    public async Task PrefillAsync(ArrivingFeatures features, CancellationToken cancellationToken)
    {
        while (!IsPrefilled)
        {
            int start = _prefilled, length = Math.Min(_chunk, KnownUpTo(start, features.Ready) - start);
            if (length == 0)
            {
                await features.WaitBeyondAsync(_prompt.VisualIndex[start] - 1, cancellationToken).ConfigureAwait(false);
                continue;
            }

            PrefillTime += await _device.MeasureAsync(() => Run(PromptStep(start, length, features.Rows)), cancellationToken).ConfigureAwait(false);
            _prefilled += length;
        }
    }

    /// <summary>Takes in tokens of the answer that somebody else wrote, in one run.</summary>
    public async Task FeedAsync(IReadOnlyList<int> tokens, CancellationToken cancellationToken)
    {
        if (tokens.Count == 0) return;
        await _device.RunAsync(() => Run(AnswerStep(tokens)), cancellationToken).ConfigureAwait(false);
        AnswerLength += tokens.Count;
    }

    /// <summary>Chooses the token after those taken in, without taking it in.</summary>
    public Task<int> SampleAsync(CancellationToken cancellationToken) => _device.RunAsync(Sample, cancellationToken);

    /// <summary>Takes a token in and chooses the next one, in one visit of the device's thread; puts nothing on the managed heap.</summary>
    public ValueTask<int> FeedAndSampleAsync(int token, CancellationToken cancellationToken)
    {
        _token = token;
        return _device.RunAsync(_tokenWork, cancellationToken);
    }

    /// <summary>Frees the cache.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0) await _device.FreeAsync(_sequence).ConfigureAwait(false);
    }

    private int FeedAndSample()
    {
        int at = _prompt.Length + AnswerLength;
        _history[at] = _token;
        _tokenPositions.AsSpan().Fill(at + _prompt.PositionDelta);
        _tokenStep.Tokens = _history.AsMemory(at, 1);
        Run(_tokenStep);
        AnswerLength++;
        return Sample();
    }

    private int Sample() => _sampler.Sample(_logits, _history.AsSpan(0, _prompt.Length + AnswerLength), AnswerLength);

    /// <summary>The first token from an index on whose row has not come, or the prompt's end.</summary>
    private int KnownUpTo(int from, int rows)
    {
        int missing = _prompt.VisualIndex.AsSpan(from).IndexOfAnyExceptInRange(0, rows);
        return missing < 0 ? _prompt.Length : from + missing;
    }

    private DecodeStep PromptStep(int from, int length, VisualRows visual)
    {
        var positions = new int[3 * length];
        for (int axis = 0; axis < 3; axis++) _prompt.Positions.AsSpan(axis * _prompt.Length + from, length).CopyTo(positions.AsSpan(axis * length));
        return new DecodeStep
        {
            Sequence = _sequence,
            Tokens = _prompt.TokenIds.AsMemory(from, length),
            Positions = positions,
            VisualIndex = _prompt.VisualIndex.AsMemory(from, length),
            Visual = visual,
        };
    }

    private DecodeStep AnswerStep(IReadOnlyList<int> tokens)
    {
        int from = _prompt.Length + AnswerLength;
        var positions = new int[3 * tokens.Count];
        for (int i = 0; i < tokens.Count; i++)
        {
            _history[from + i] = tokens[i];
            positions[i] = positions[tokens.Count + i] = positions[2 * tokens.Count + i] = from + i + _prompt.PositionDelta;
        }

        return new DecodeStep { Sequence = _sequence, Tokens = _history.AsMemory(from, tokens.Count), Positions = positions };
    }

    /// <summary>Logits are the decoder's until its next run, which may be another question's: they are copied.</summary>
    private bool Run(DecodeStep step)
    {
        _steps[0] = step;
        _decoder.Run(_steps);
        step.Logits.Span.CopyTo(_logits);
        return true;
    }
}
