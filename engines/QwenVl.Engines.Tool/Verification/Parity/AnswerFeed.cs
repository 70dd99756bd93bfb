using System.Numerics.Tensors;
using QwenVl.Model.Execution;
using QwenVl.Model.Prompts;
using QwenVl.Model.Sampling;

namespace QwenVl.Engines.Tool.Verification.Parity;

/// <summary>Feeds prompts and given answers to a decoder, token by token, one sequence or several at a time.</summary>
internal static class AnswerFeed
{
    /// <param name="decoder">At most its largest batch of questions is taken.</param>
    /// <param name="questions">Each with its features and the answer to be fed, at least one token.</param>
    public static IReadOnlyList<FedAnswer> Run(ITextDecoder decoder, IReadOnlyList<(Prompt Prompt, VisualRows Visual, IReadOnlyList<int> Answer)> questions)
    {
        FedAnswer[] fed = [.. questions.Select(_ => new FedAnswer())];
        var sequences = new List<IDecoderSequence>();
        try
        {
            foreach ((Prompt prompt, _, IReadOnlyList<int> answer) in questions) sequences.Add(decoder.CreateSequence(prompt.Length + answer.Count));
            Run([.. questions.Select((question, i) => (i, PromptStep(sequences[i], question.Prompt, question.Visual)))]);
            // The last token of an answer is only chosen, not fed. Shorter answers end while others go on.
            for (int token = 0; questions.Any(question => question.Answer.Count > token + 1); token++)
            {
                Run([.. questions.Select((question, i) => (Index: i, question)).Where(each => each.question.Answer.Count > token + 1)
                    .Select(each => (each.Index, TokenStep(sequences[each.Index], each.question.Prompt, each.question.Answer[token])))]);
            }
        }
        finally
        {
            foreach (IDecoderSequence sequence in sequences) sequence.Dispose();
        }

        return fed;

        void Run((int Index, DecodeStep Step)[] steps)
        {
            decoder.Run([.. steps.Select(step => step.Step)]);
            foreach ((int index, DecodeStep step) in steps) Note(fed[index], decoder, step);
        }
    }

    /// <summary>The whole prompt.</summary>
    public static DecodeStep PromptStep(IDecoderSequence sequence, Prompt prompt, VisualRows visual) =>
        new() { Sequence = sequence, Tokens = prompt.TokenIds, Positions = prompt.Positions, VisualIndex = prompt.VisualIndex, Visual = visual };

    /// <summary>The next token of the answer.</summary>
    public static DecodeStep TokenStep(IDecoderSequence sequence, Prompt prompt, int token)
    {
        int position = sequence.Length + prompt.PositionDelta;
        return new DecodeStep { Sequence = sequence, Tokens = new[] { token }, Positions = new[] { position, position, position } };
    }

    /// <summary>Keeps what a step of the latest run gave.</summary>
    public static void Note(FedAnswer fed, ITextDecoder decoder, DecodeStep step)
    {
        float[] logits = decoder.ReadLogits(step).ToArray();
        fed.Logits.Add(logits);
        fed.Choices.Add(step.Candidates is { } ranked ? ranked.Tokens.Span[0] : TensorPrimitives.IndexOfMax(logits));
        fed.RankedRight.Add(step.Candidates is { } candidates ? AreBest(candidates, logits) : null);
    }

    /// <summary>Whether they fall, have the logits that were downloaded, and nothing better is left out. Equal ones may stand in any order.</summary>
    private static bool AreBest(TokenCandidates candidates, float[] logits)
    {
        ReadOnlySpan<int> tokens = candidates.Tokens.Span;
        ReadOnlySpan<float> ranked = candidates.Logits.Span;
        if (candidates.VocabularySize != logits.Length || tokens.Length != ranked.Length || tokens.Length == 0) return false;
        var listed = new HashSet<int>();
        for (int i = 0; i < tokens.Length; i++)
        {
            if (tokens[i] < 0 || tokens[i] >= logits.Length || !listed.Add(tokens[i])) return false;
            if (logits[tokens[i]] != ranked[i] || (i > 0 && ranked[i] > ranked[i - 1])) return false;
        }

        float last = ranked[^1];
        return !logits.Where((logit, token) => logit > last && !listed.Contains(token)).Any();
    }
}
