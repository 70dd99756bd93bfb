using QwenVl.Model.Execution;
using QwenVl.Model.Vision;

namespace QwenVl.Tests.Golden;

/// <summary>A case of <c>cases.json</c> as a decoder takes it, with the features that transformers computed.</summary>
internal sealed class GoldenPrompt
{
    private const int ImageToken = 151655;

    public GoldenPrompt(GoldenCase golden)
    {
        Ids = golden.Ids;
        int n = Ids.Length;
        Positions = golden.PositionIds ?? [.. Enumerable.Repeat(Enumerable.Range(0, n).ToArray(), 3)];
        int row = 0;
        VisualIndex = [.. Ids.Select(id => id == ImageToken ? ++row : 0)];
        Visual = golden.Images.Length == 0 ? null : VisualRows.Join([.. Features(golden)]);
        NextPosition = n + (golden.RopeDelta ?? 0);
    }

    public int[] Ids { get; }

    public int[][] Positions { get; }

    public int[] VisualIndex { get; }

    public VisualRows? Visual { get; }

    /// <summary>The position of the first token of the answer, in all three axes.</summary>
    public int NextPosition { get; }

    public DecodeStep Chunk(IDecoderSequence sequence, int start, int count) => new()
    {
        Sequence = sequence,
        Tokens = Ids.AsMemory(start, count),
        Positions = Positions.SelectMany(axis => axis.Skip(start).Take(count)).ToArray(),
        VisualIndex = VisualIndex.AsMemory(start, count),
        Visual = Visual,
    };

    public static DecodeStep Token(IDecoderSequence sequence, int token, int position) => new()
    {
        Sequence = sequence,
        Tokens = new[] { token },
        Positions = new[] { position, position, position },
    };

    private static IEnumerable<ImageFeatures> Features(GoldenCase golden)
    {
        float[] main = GoldenFolder.Floats(golden.Vision!.File), taps = GoldenFolder.Floats(golden.Deepstack!.File);
        int tapCount = golden.Deepstack.Shape[0], all = golden.Deepstack.Shape[1], width = golden.Deepstack.Shape[2], first = 0;
        foreach (ImageGrid grid in golden.ImageGrids)
        {
            int length = grid.Tokens * width, at = first * width;
            float[] values = [.. main.AsSpan(at, length), .. Enumerable.Range(0, tapCount).SelectMany(tap => taps.AsSpan(tap * all * width + at, length).ToArray())];
            yield return new ImageFeatures(grid, width, tapCount, values);
            first += grid.Tokens;
        }
    }
}
