using QwenVl.Model.Prompts;

namespace QwenVl.Engines.Tool.Verification;

/// <summary>Whether conversations are rendered to the recorded tokens, at the recorded positions.</summary>
internal static class PromptCheck
{
    public static IEnumerable<Measurement> Run(GoldenSet set, PromptBuilder prompts)
    {
        foreach (GoldenCase golden in set.Cases)
        {
            Prompt prompt = prompts.Build(GoldenTurns.Parse(golden));
            int[] text = [.. Enumerable.Range(0, golden.Ids.Length)];
            int[] positions = [.. golden.PositionIds?.SelectMany(axis => axis) ?? [.. text, .. text, .. text]];
            yield return Measurement.Wrong("prompt tokens", golden.Name, Wrong(golden.Ids, prompt.TokenIds), golden.Ids.Length);
            yield return Measurement.Wrong("visual tokens", golden.Name, Math.Abs(golden.ImageGrids.Sum(grid => grid.Tokens) - prompt.VisualTokens), golden.ImageGrids.Sum(grid => grid.Tokens));
            yield return Measurement.Wrong("position ids", golden.Name, Wrong(positions, prompt.Positions), positions.Length);
            yield return Measurement.Wrong("position delta", golden.Name, prompt.PositionDelta == (golden.RopeDelta ?? 0) ? 0 : 1, 1);
        }
    }

    private static int Wrong(int[] expected, int[] actual) =>
        expected.Length == actual.Length ? expected.Zip(actual).Count(pair => pair.First != pair.Second) : expected.Length;
}
