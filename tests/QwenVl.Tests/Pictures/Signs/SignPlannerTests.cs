using QwenVl.Pictures;
using QwenVl.Pictures.Fonts;
using QwenVl.Pictures.Geometry;
using QwenVl.Pictures.Randomness;
using QwenVl.Pictures.Signs;
using QwenVl.Pictures.Words;

namespace QwenVl.Tests.Pictures.Signs;

public sealed class SignPlannerTests
{
    [Fact]
    public void The_smallest_line_can_be_read_after_the_resize_to_the_512_budget()
    {
        var options = new PictureOptions();
        using var outlines = new GlyphOutlines();
        var planner = new SignPlanner(PictureFonts.Required(), outlines, options);
        for (int i = 0; i < 300; i++)
        {
            var random = new PictureRandom(5, 2, (ulong)i);
            SignPlan plan = planner.Plan(() => PictureFrame.Sample(random, options), fine: false, PictureSplit.Heldout, random);

            if (plan.Content.Language != SignLanguage.Chinese)
                Assert.True(plan.XHeight * plan.Frame.BudgetScale >= options.LeastXHeight, $"{i}: {plan.XHeight * plan.Frame.BudgetScale:F1} pixels");
        }
    }

    [Fact]
    public void Fine_print_can_be_read_at_the_1024_budget_and_not_at_512()
    {
        var options = new PictureOptions();
        using var outlines = new GlyphOutlines();
        var planner = new SignPlanner(PictureFonts.Required(), outlines, options);
        for (int i = 0; i < 300; i++)
        {
            var random = new PictureRandom(7, 2, (ulong)i);
            SignPlan plan = planner.Plan(() => new PictureFrame(1400, 1000), fine: true, PictureSplit.Heldout, random);
            if (plan.Content.Language == SignLanguage.Chinese) continue;

            Assert.True(plan.XHeight * plan.Frame.LargeBudgetScale >= options.LeastXHeight, $"{i}: {plan.XHeight * plan.Frame.LargeBudgetScale:F1} pixels at 1024");
            Assert.True(plan.XHeight * plan.Frame.BudgetScale < options.LeastXHeight, $"{i}: {plan.XHeight * plan.Frame.BudgetScale:F1} pixels at 512");
        }
    }

    [Fact]
    public void Fonts_of_the_other_split_are_never_used()
    {
        FontShelf fonts = PictureFonts.Required();
        using var outlines = new GlyphOutlines();
        var planner = new SignPlanner(fonts, outlines, new PictureOptions());
        HashSet<string>[] used = [.. Enum.GetValues<PictureSplit>().Select(split => Enumerable.Range(0, 300).Select(i =>
        {
            var random = new PictureRandom(6, 1, (ulong)i);
            return planner.Plan(() => new PictureFrame(600, 500), fine: false, split, random).Layout.Font.Family;
        }).ToHashSet())];

        Assert.Empty(used[0].Intersect(used[1]));
    }
}
