using System.Numerics.Tensors;
using QwenVl.Model.Execution;

namespace QwenVl.Engines.Tool.Verification;

/// <summary>How far a decoder is from the recorded logits and answers, and from itself without its cache.</summary>
internal static class DecoderCheck
{
    // Closer logits may change places with the order of summation.
    private const float LeastGap = 1e-3f;

    /// <summary>Logits after a prompt alone.</summary>
    public static Measurement Logits(string what, GoldenSet set, GoldenCase golden, GoldenPrompt prompt, ITextDecoder decoder, bool limited)
    {
        using IDecoderSequence sequence = decoder.CreateSequence(prompt.Ids.Length);
        return Measurement.OfScale(what, golden.Name, set.Floats(golden.LastLogits), Run(decoder, prompt.Chunk(sequence, 0, prompt.Ids.Length)).Span, limited);
    }

    /// <summary>The recorded answer, fed token by token: what would have been chosen, and what is computed without a cache.</summary>
    public static IEnumerable<Measurement> Answer(GoldenCase golden, GoldenPrompt prompt, ITextDecoder decoder, bool limited)
    {
        int[] answer = golden.Greedy;
        int wrong = 0, clear = 0;
        double worst = 0;
        using IDecoderSequence sequence = decoder.CreateSequence(prompt.Ids.Length + answer.Length);
        ReadOnlyMemory<float> logits = Run(decoder, prompt.Chunk(sequence, 0, prompt.Ids.Length));
        for (int i = 0; i < answer.Length; i++)
        {
            if (golden.GreedyTop2Gap[i] > LeastGap)
            {
                clear++;
                if (TensorPrimitives.IndexOfMax(logits.Span) != answer[i]) wrong++;
            }

            float[] stepped = Run(decoder, GoldenPrompt.Token(sequence, answer[i], prompt.NextPosition + i)).ToArray();
            // Errors of a cache stay in it: the beginning, the middle and the end tell of all.
            if (i == 0 || i == answer.Length / 2 || i == answer.Length - 1)
                worst = Math.Max(worst, Difference.OfScale(Recomputed(prompt, answer.AsSpan(0, i + 1), decoder), stepped));
            logits = stepped;
        }

        yield return Measurement.Wrong("greedy tokens", golden.Name, wrong, clear, limited);
        yield return Measurement.Distance("cached against recomputed", golden.Name, worst, limited);
    }

    private static float[] Recomputed(GoldenPrompt prompt, ReadOnlySpan<int> answer, ITextDecoder decoder)
    {
        using IDecoderSequence sequence = decoder.CreateSequence(prompt.Ids.Length + answer.Length);
        return Run(decoder, prompt.Whole(sequence, answer)).ToArray();
    }

    private static ReadOnlyMemory<float> Run(ITextDecoder decoder, DecodeStep step)
    {
        decoder.Run([step]);
        return step.Logits;
    }
}
