using QwenVl.Model.Configuration;

namespace QwenVl.Engines.Tool.Verification;

/// <summary>Whether recorded results can be of a checkpoint at all: a comparison with another one's would say nothing.</summary>
internal static class GoldenFit
{
    /// <exception cref="ToolException">They are of a checkpoint of another shape.</exception>
    public static void Require(GoldenSet set, ModelConfig config)
    {
        foreach (GoldenCase golden in set.Cases)
        {
            RequireShape(golden.LastLogits.Shape, [config.Text.VocabularySize]);
            if (golden.Ids.Concat(golden.Greedy).Any(id => id < 0 || id >= config.Text.VocabularySize))
                throw new ToolException($"{set.Path}: {golden.Name} has tokens outside the checkpoint's vocabulary of {config.Text.VocabularySize}; name the folder that was recorded with this checkpoint.");
            if (golden.Greedy.Length != golden.GreedyTop2Gap.Length) throw new ToolException($"{set.Path}: {golden.Name} has {golden.Greedy.Length} greedy tokens but {golden.GreedyTop2Gap.Length} gaps.");
            if (golden.Images.Length == 0) continue;

            int tokens = golden.ImageGrids.Sum(grid => grid.Tokens);
            RequireShape(golden.Vision?.Shape ?? [], [tokens, config.Text.HiddenSize]);
            RequireShape(golden.Deepstack?.Shape ?? [], [config.Vision.TapIndexes.Count, tokens, config.Text.HiddenSize]);
            if (golden.ImageGrids.Count != golden.Images.Length || golden.Ids.Count(id => id == config.ImageTokenId) != tokens)
                throw new ToolException($"{set.Path}: the grids of {golden.Name} do not match its pictures and visual tokens.");

            void RequireShape(int[] recorded, int[] expected)
            {
                if (!recorded.SequenceEqual(expected))
                {
                    throw new ToolException($"{set.Path}: {golden.Name} was recorded in shape [{string.Join(", ", recorded)}] where the checkpoint gives [{string.Join(", ", expected)}]; "
                        + "name the folder that was recorded with this checkpoint.");
                }
            }
        }
    }
}
