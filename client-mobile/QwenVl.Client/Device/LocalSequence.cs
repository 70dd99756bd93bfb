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
    private VisualRows? _visual;
    private int _prefilled;

    public LocalSequence(LocalDevice device, ITextDecoder decoder, IDecoderSequence sequence, Prompt prompt, VisualRows visual, TokenSampler sampler, int chunk)
    {
        (_device, _decoder, _sequence, _prompt, _visual, _sampler, _chunk) = (device, decoder, sequence, prompt, visual, sampler, chunk);
        _history = new int[sequence.Capacity];
        _logits = new float[decoder.VocabularySize];
        prompt.TokenIds.CopyTo(_history, 0);
    }

    /// <summary>Tokens of the answer taken in.</summary>
    public int AnswerLength { get; private set; }

    /// <summary>Tokens of the prompt.</summary>
    public int PromptLength => _prompt.Length;

    /// <summary>Whether the whole prompt has been taken in.</summary>
    public bool IsPrefilled => _prefilled == _prompt.Length;

    /// <summary>Takes the prompt in, chunk by chunk, so that a cancellation need not wait for all of it. Called again it goes on after the last chunk.</summary>
    public async Task PrefillAsync(CancellationToken cancellationToken)
    {
        while (!IsPrefilled)
        {
            int start = _prefilled, length = Math.Min(_chunk, _prompt.Length - start);
            await _device.RunAsync(() => Run(PromptStep(start, length)), cancellationToken).ConfigureAwait(false);
            _prefilled += length;
        }

        // The prompt's keys and values hold all that is needed of the picture from here on.
        _visual = null;
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

    /// <summary>Takes a token in and chooses the next one, in one visit of the device's thread.</summary>
    public async Task<int> FeedAndSampleAsync(int token, CancellationToken cancellationToken)
    {
        return await _device.RunAsync(() =>
        {
            Run(AnswerStep([token]));
            AnswerLength++;
            return Sample();
        }, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Frees the cache.</summary>
    public async ValueTask DisposeAsync()
    {
        await _device.RunAsync(() =>
        {
            _sequence.Dispose();
            return true;
        }, CancellationToken.None).ConfigureAwait(false);
    }

    private int Sample() => _sampler.Sample(_logits, _history.AsSpan(0, _prompt.Length + AnswerLength), AnswerLength);

    private DecodeStep PromptStep(int from, int length)
    {
        var positions = new int[3 * length];
        for (int axis = 0; axis < 3; axis++) _prompt.Positions.AsSpan(axis * _prompt.Length + from, length).CopyTo(positions.AsSpan(axis * length));
        return new DecodeStep
        {
            Sequence = _sequence,
            Tokens = _prompt.TokenIds.AsMemory(from, length),
            Positions = positions,
            VisualIndex = _prompt.VisualIndex.AsMemory(from, length),
            Visual = _visual,
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
        _decoder.Run([step]);
        step.Logits.Span.CopyTo(_logits);
        return true;
    }
}
