using System.Text.Json.Serialization;
using QwenVl.Model.Vision;

namespace QwenVl.Tests.Golden;

/// <summary>One prompt of <c>cases.json</c>.</summary>
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
    public IReadOnlyList<ImageGrid> ImageGrids => [.. (Grids ?? []).Select(grid => new ImageGrid(grid[1], grid[2]))];

    public override string ToString() => Name;
}

internal sealed record GoldenTensor(string File, int[] Shape);
