namespace QwenVl.Model.Prompts;

/// <summary>A conversation as the decoder takes it in, up to and with the opening of the answer.</summary>
/// <param name="TokenIds">[Length]: every visual token is the checkpoint's image token.</param>
/// <param name="VisualIndex">[Length]: 0 for text, else 1 + the row among all pictures' rows, in order.</param>
/// <param name="Positions">[3, Length]: time, height and width position of each token.</param>
/// <param name="PositionDelta">What to add to a later token's index in the sequence to get its position on all three axes.</param>
/// <param name="VisualTokens">Number of visual tokens.</param>
public sealed record Prompt(int[] TokenIds, int[] VisualIndex, int[] Positions, int PositionDelta, int VisualTokens)
{
    /// <summary>Number of tokens.</summary>
    public int Length => TokenIds.Length;
}
