using QwenVl.Model.Execution;
using QwenVl.Model.Prompts;

namespace QwenVl.Engines.Tool.Verification.Parity;

/// <summary>The answer that float32 gives greedily: what both sides are fed.</summary>
/// <param name="Picture">What the picture is called.</param>
/// <param name="Tokens">The answer, its end included; at least one token.</param>
/// <param name="Fed">What was said at each of them.</param>
internal sealed record ReferenceAnswer(string Picture, IReadOnlyList<int> Tokens, FedAnswer Fed)
{
    /// <summary>Whether float32 is sure of a token: see <see cref="ParityLimits.ClearGap"/>.</summary>
    public bool IsClear(int token)
    {
        float best = float.NegativeInfinity, second = float.NegativeInfinity, scale = 0;
        foreach (float logit in Fed.Logits[token])
        {
            scale = Math.Max(scale, Math.Abs(logit));
            if (logit > best) (best, second) = (logit, best);
            else if (logit > second) second = logit;
        }

        return best - second > ParityLimits.ClearGap * scale;
    }

    /// <param name="decoder">The reference.</param>
    /// <param name="question">What is asked.</param>
    /// <param name="visual">The features of its picture.</param>
    /// <param name="most">Tokens at most.</param>
    /// <param name="endTokens">Each ends an answer.</param>
    public static ReferenceAnswer Decode(ITextDecoder decoder, ParityQuestion question, VisualRows visual, int most, IReadOnlyList<int> endTokens)
    {
        Prompt prompt = question.Prompt;
        var fed = new FedAnswer();
        using IDecoderSequence sequence = decoder.CreateSequence(prompt.Length + most);
        DecodeStep step = AnswerFeed.PromptStep(sequence, prompt, visual);
        while (true)
        {
            decoder.Run([step]);
            AnswerFeed.Note(fed, decoder, step);
            int chosen = fed.Choices[^1];
            if (fed.Choices.Count == most || endTokens.Contains(chosen)) return new ReferenceAnswer(question.Picture, fed.Choices, fed);
            step = AnswerFeed.TokenStep(sequence, prompt, chosen);
        }
    }
}
