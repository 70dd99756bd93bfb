using QwenVl.Pictures;
using QwenVl.Pictures.Randomness;

namespace QwenVl.Tests.Pictures.Randomness;

public sealed class SplitRuleTests
{
    [Fact]
    public void A_tenth_of_all_combinations_is_held_out()
    {
        int heldout = Enumerable.Range(0, 10_000).Count(i => SplitRule.IsHeldout($"Exit | Platform {i}"));

        Assert.InRange(heldout, 900, 1_100);
    }

    [Theory]
    [InlineData("Platform 7")]
    [InlineData("Exit | Toilets")]
    [InlineData("There is one shape: a red circle at the top left.")]
    public void A_combination_belongs_to_exactly_one_split(string combination) =>
        Assert.NotEqual(SplitRule.Allows(PictureSplit.Train, combination), SplitRule.Allows(PictureSplit.Heldout, combination));
}
