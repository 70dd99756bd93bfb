using QwenVl.Model.Execution;

namespace QwenVl.TensorRt.Inference.Decoding;

/// <summary>As much of a step as one run takes.</summary>
/// <param name="Step">The step.</param>
/// <param name="From">Its first token that goes along.</param>
/// <param name="Count">Tokens that go along.</param>
/// <param name="Past">Tokens that the sequence has before.</param>
internal readonly record struct StepPart(DecodeStep Step, int From, int Count, int Past)
{
    /// <summary>Whether any of the tokens is visual.</summary>
    public bool HasVisual => Step.Visual is not null && !Step.VisualIndex.IsEmpty && Step.VisualIndex.Span.Slice(From, Count).ContainsAnyExcept(0);

    /// <summary>Cuts a step into parts.</summary>
    public static IEnumerable<StepPart> Of(DecodeStep step, int mostTokens)
    {
        for (int from = 0; from < step.Tokens.Length; from += mostTokens)
            yield return new StepPart(step, from, Math.Min(mostTokens, step.Tokens.Length - from), step.Sequence.Length + from);
    }
}
