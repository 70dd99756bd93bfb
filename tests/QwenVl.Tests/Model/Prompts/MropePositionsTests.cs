using QwenVl.Model.Prompts;
using QwenVl.Model.Vision;

namespace QwenVl.Tests.Model.Prompts;

public sealed class MropePositionsTests
{
    private const int Pad = 9;

    [Fact]
    public void A_picture_of_three_by_five_tokens_between_text_has_the_published_positions()
    {
        int[] ids = [1, 1, 2, .. Enumerable.Repeat(Pad, 15), 3, 1, 1];
        var positions = new int[3 * ids.Length];

        int delta = MropePositions.Compute(ids, Pad, [new ImageGrid(6, 10)], positions);

        Assert.Equal(-10, delta);
        Assert.Equal([0, 1, 2, .. Enumerable.Repeat(3, 15), 8, 9, 10], positions[..21]);
        Assert.Equal([0, 1, 2, 3, 3, 3, 3, 3, 4, 4, 4, 4, 4, 5, 5, 5, 5, 5, 8, 9, 10], positions[21..42]);
        Assert.Equal([0, 1, 2, 3, 4, 5, 6, 7, 3, 4, 5, 6, 7, 3, 4, 5, 6, 7, 8, 9, 10], positions[42..]);
    }

    [Theory]
    [InlineData(3, 1)]
    [InlineData(4, 0)]
    [InlineData(4, 2)]
    public void Visual_tokens_that_do_not_match_the_pictures_are_refused(int pads, int pictures)
    {
        int[] ids = [1, .. Enumerable.Repeat(Pad, pads), 1];

        Assert.Throws<ArgumentException>(() => MropePositions.Compute(ids, Pad, [.. Enumerable.Repeat(new ImageGrid(4, 4), pictures)], new int[3 * ids.Length]));
    }
}
