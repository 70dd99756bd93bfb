using QwenVl.Engines.Tool.Display;

namespace QwenVl.Engines.Tool.Verification.Parity;

/// <summary>Whether both sides take every question, before any of them is run.</summary>
internal static class ParityFit
{
    /// <exception cref="ToolException">A picture or a question is too large, or the sides are of different checkpoints.</exception>
    public static void Require(EngineSide reference, EngineSide tested, IReadOnlyList<ParityQuestion> questions, int mostTokens)
    {
        if (questions.Count == 0) throw new ToolException("there is no picture to compare on; name a folder that draw has written with --pictures.");
        if ((reference.Encoder.FeatureWidth, reference.Encoder.TapCount, reference.Decoder.VocabularySize) != (tested.Encoder.FeatureWidth, tested.Encoder.TapCount, tested.Decoder.VocabularySize))
            throw new ToolException("the two engines are of checkpoints of different shapes; build both of the same one.");
        int patches = Math.Min(reference.Encoder.MaxPatches, tested.Encoder.MaxPatches), length = Math.Min(reference.Decoder.MaxSequenceLength, tested.Decoder.MaxSequenceLength);
        foreach (ParityQuestion question in questions)
        {
            if (question.Patches.Grid.Patches > patches)
                throw new ToolException($"{question.Picture}: {Quantities.Count(question.Patches.Grid.Patches)} patches where the engines take {Quantities.Count(patches)}; leave the picture out.");
            if (question.Prompt.Length + mostTokens > length)
            {
                throw new ToolException($"{question.Picture}: a question of {Quantities.Count(question.Prompt.Length)} tokens and {Quantities.Count(mostTokens)} more of the answer are over the {Quantities.Count(length)} "
                    + "that the decoders hold; take fewer with --tokens, or a larger --max-sequence.");
            }
        }
    }
}
