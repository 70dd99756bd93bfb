using QwenVl.Model.Execution;
using QwenVl.Model.Vision;

namespace QwenVl.Engines.Tool.Verification;

/// <summary>A case of <c>cases.json</c> as a decoder takes it, with recorded or with computed features.</summary>
internal sealed class GoldenPrompt
{
    /// <param name="golden">The case.</param>
    /// <param name="imageToken">The checkpoint's visual token.</param>
    /// <param name="features">Of the case's pictures, in their order.</param>
    public GoldenPrompt(GoldenCase golden, int imageToken, IReadOnlyList<ImageFeatures> features)
    {
        Ids = golden.Ids;
        int n = Ids.Length;
        Positions = golden.PositionIds ?? [.. Enumerable.Repeat(Enumerable.Range(0, n).ToArray(), 3)];
        int row = 0;
        VisualIndex = [.. Ids.Select(id => id == imageToken ? ++row : 0)];
        Visual = features.Count == 0 ? null : VisualRows.Join(features);
        NextPosition = n + (golden.RopeDelta ?? 0);
    }

    public int[] Ids { get; }

    public int[][] Positions { get; }

    public int[] VisualIndex { get; }

    public VisualRows? Visual { get; }

    /// <summary>The position of the first token of the answer, in all three axes.</summary>
    public int NextPosition { get; }

    /// <summary>The features that the reference computed from the case's pictures.</summary>
    public static IReadOnlyList<ImageFeatures> RecordedFeatures(GoldenSet set, GoldenCase golden)
    {
        if (golden.Images.Length == 0) return [];
        float[] main = set.Floats(golden.Vision!), taps = set.Floats(golden.Deepstack!);
        int tapCount = golden.Deepstack!.Shape[0], all = golden.Deepstack.Shape[1], width = golden.Deepstack.Shape[2], first = 0;
        var features = new List<ImageFeatures>();
        foreach (ImageGrid grid in golden.ImageGrids)
        {
            int length = grid.Tokens * width, at = first * width;
            float[] values = [.. main.AsSpan(at, length), .. Enumerable.Range(0, tapCount).SelectMany(tap => taps.AsSpan(tap * all * width + at, length).ToArray())];
            features.Add(new ImageFeatures(grid, width, tapCount, values));
            first += grid.Tokens;
        }

        return features;
    }

    /// <summary>A stretch of the prompt.</summary>
    public DecodeStep Chunk(IDecoderSequence sequence, int start, int count) => new()
    {
        Sequence = sequence,
        Tokens = Ids.AsMemory(start, count),
        Positions = Positions.SelectMany(axis => axis.Skip(start).Take(count)).ToArray(),
        VisualIndex = VisualIndex.AsMemory(start, count),
        Visual = Visual,
    };

    /// <summary>The whole prompt and the beginning of an answer in one step.</summary>
    public DecodeStep Whole(IDecoderSequence sequence, ReadOnlySpan<int> answer)
    {
        int[] after = [.. Enumerable.Range(NextPosition, answer.Length)];
        return new DecodeStep
        {
            Sequence = sequence,
            Tokens = (int[])[.. Ids, .. answer],
            Positions = Positions.SelectMany(axis => axis.Concat(after)).ToArray(),
            VisualIndex = (int[])[.. VisualIndex, .. new int[answer.Length]],
            Visual = Visual,
        };
    }

    /// <summary>One token of the answer.</summary>
    public static DecodeStep Token(IDecoderSequence sequence, int token, int position) => new()
    {
        Sequence = sequence,
        Tokens = new[] { token },
        Positions = new[] { position, position, position },
    };
}
