using System.Text.Json.Serialization;
using QwenVl.Model.Vision;

namespace QwenVl.Engines.Tool.Verification;

/// <summary>One prompt of <c>cases.json</c>, and what the reference computed from it.</summary>
/// <param name="Name">Names it.</param>
/// <param name="Images">Its pictures, files of the folder.</param>
/// <param name="MaxPixels">The budget that they were resized to.</param>
/// <param name="Prompt">The rendered conversation with its special tokens.</param>
/// <param name="Ids">The prompt's tokens.</param>
/// <param name="Turns">What the user said.</param>
/// <param name="Grids">[time, height, width] in patches of each picture; null without pictures.</param>
/// <param name="Vision">[tokens, width] of all pictures; null without pictures.</param>
/// <param name="Deepstack">[taps, tokens, width] of all pictures; null without pictures.</param>
/// <param name="LastLogits">[vocabulary], after the prompt.</param>
/// <param name="PositionIds">[3][tokens]; null without pictures, where each axis counts from 0.</param>
/// <param name="RopeDelta">What a later token's index lacks of its position; null without pictures.</param>
/// <param name="Top10">The best tokens after the prompt.</param>
/// <param name="Greedy">The answer's first tokens.</param>
/// <param name="GreedyTop2Gap">How far the best two logits were apart at each of them.</param>
internal sealed record GoldenCase(
    string Name,
    string[] Images,
    long MaxPixels,
    string Prompt,
    int[] Ids,
    string[] Turns,
    int[][]? Grids,
    GoldenTensor? Vision,
    GoldenTensor? Deepstack,
    GoldenTensor LastLogits,
    int[][]? PositionIds,
    int? RopeDelta,
    int[] Top10,
    int[] Greedy,
    [property: JsonPropertyName("greedy_top2_gap")] float[] GreedyTop2Gap)
{
    /// <summary>The size of each picture.</summary>
    public IReadOnlyList<ImageGrid> ImageGrids => [.. (Grids ?? []).Select(grid => new ImageGrid(grid[1], grid[2]))];

    public override string ToString() => Name;
}
