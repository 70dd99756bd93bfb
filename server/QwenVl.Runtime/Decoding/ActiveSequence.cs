using System.Runtime.InteropServices;
using QwenVl.Model.Execution;
using QwenVl.Model.Prompts;
using QwenVl.Model.Sampling;
using QwenVl.Runtime.Decoding.Planning;

namespace QwenVl.Runtime.Decoding;

/// <summary>A generation in the decoder: its cache, what it has been fed, and what it feeds next. Used by the decode thread alone.</summary>
internal sealed class ActiveSequence : IStepCandidate, IDisposable
{
    private readonly ITextDecoder _decoder;
    private readonly IDecoderSequence _sequence;
    private readonly TokenSampler _sampler;
    private readonly List<int> _tokens;
    private readonly TimeSpan _entered;
    private TimeSpan? _firstLogits;
    private int _fed;

    public ActiveSequence(DecodeJob job, ITextDecoder decoder, TimeSpan entered)
    {
        (Job, _decoder, _entered) = (job, decoder, entered);
        _sampler = new TokenSampler(Generation.Request.Sampling);
        _sequence = decoder.CreateSequence(Generation.Request.Capacity);
        _tokens = [.. Generation.Request.Prompt.TokenIds, .. Generation.Request.AnswerPrefix];
        Count = Generation.Request.AnswerPrefix.Count;
    }

    /// <summary>What was let in.</summary>
    public DecodeJob Job { get; }

    public Generation Generation => Job.Generation;

    /// <summary>Tokens of the answer.</summary>
    public int Count { get; private set; }

    /// <summary>Whether the next step is fed more than the newest token.</summary>
    public bool IsPrefilling { get; private set; } = true;

    /// <inheritdoc/>
    public int PrefillTokens => IsPrefilling ? _tokens.Count - _fed : 0;

    /// <inheritdoc/>
    public long LastTurn { get; set; }

    /// <summary>Tokens in the cache.</summary>
    public int Length => _fed;

    /// <summary>Why it ends as it is; null while more tokens are wanted.</summary>
    public GenerationEnd? End
    {
        get
        {
            if (Count >= Generation.Limit) return GenerationEnd.TakenOver;
            return Count >= Generation.Request.MaxNewTokens ? GenerationEnd.Length : null;
        }
    }

    private Prompt Prompt => Generation.Request.Prompt;

    /// <summary>The next step: a chunk of the prompt and the given answer, or the newest token.</summary>
    public DecodeStep Next(int chunk)
    {
        int length = Math.Min(chunk, _tokens.Count - _fed);
        return _fed < Prompt.Length ? PromptStep(Math.Min(length, Prompt.Length - _fed)) : AnswerStep(length);
    }

    /// <summary>Takes in what a step computed.</summary>
    /// <returns>True when its logits are those of the next token of the answer.</returns>
    public bool Advance(DecodeStep step)
    {
        _fed += step.Tokens.Length;
        return _fed == _tokens.Count;
    }

    /// <summary>Chooses the next token; false where it ends the answer.</summary>
    public bool Sample(DecodeStep step)
    {
        IsPrefilling = false;
        ReadOnlySpan<int> history = CollectionsMarshal.AsSpan(_tokens);
        if (step.Candidates is not { } candidates || !_sampler.TrySample(candidates, history, Count, out int id))
            id = _sampler.Sample(_decoder.ReadLogits(step).Span, history, Count);
        if (Generation.Request.StopTokenIds.Contains(id)) return false;
        _tokens.Add(id);
        Generation.Write(new GeneratedToken(Count++, id));
        return true;
    }

    /// <summary>Marks the first logits.</summary>
    public void HasLogits(TimeSpan now) => _firstLogits ??= now;

    /// <summary>How it went, where it ends now.</summary>
    public GenerationResult ResultOf(GenerationEnd end, TimeSpan now)
    {
        TimeSpan decoding = _firstLogits ?? now;
        return new GenerationResult(end, Count, (_entered - Job.Arrived).TotalSeconds, (decoding - _entered).TotalSeconds, (now - decoding).TotalSeconds);
    }

    public void Dispose() => _sequence.Dispose();

    private DecodeStep AnswerStep(int length)
    {
        var tokens = new int[length];
        _tokens.CopyTo(_fed, tokens, 0, length);
        var positions = new int[3 * length];
        // After the prompt all three axes advance together.
        for (int i = 0; i < positions.Length; i++) positions[i] = _fed + i % length + Prompt.PositionDelta;
        return new DecodeStep { Sequence = _sequence, Tokens = tokens, Positions = positions };
    }

    private DecodeStep PromptStep(int length)
    {
        var positions = new int[3 * length];
        for (int axis = 0; axis < 3; axis++) Prompt.Positions.AsSpan(axis * Prompt.Length + _fed, length).CopyTo(positions.AsSpan(axis * length));
        return new DecodeStep
        {
            Sequence = _sequence,
            Tokens = Prompt.TokenIds.AsMemory(_fed, length),
            Positions = positions,
            VisualIndex = Prompt.VisualIndex.AsMemory(_fed, length),
            Visual = Generation.Request.Visual,
        };
    }
}
