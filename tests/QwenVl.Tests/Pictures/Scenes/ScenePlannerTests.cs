using QwenVl.Pictures;
using QwenVl.Pictures.Geometry;
using QwenVl.Pictures.Randomness;
using QwenVl.Pictures.Scenes;

namespace QwenVl.Tests.Pictures.Scenes;

public sealed class ScenePlannerTests
{
    [Fact]
    public void Shapes_lie_apart_in_places_of_their_own_clear_of_the_lines_between()
    {
        var options = new PictureOptions();
        for (int i = 0; i < 400; i++)
        {
            var random = new PictureRandom(31, 1, (ulong)i);
            PictureFrame frame = PictureFrame.Sample(random, options);
            IReadOnlyList<SceneShape> shapes = ScenePlanner.Plan(frame, PictureSplit.Train, options, random);

            Assert.InRange(shapes.Count, 1, 5);
            Assert.Equal(shapes.Select(shape => shape.Cell).Distinct().Order(), shapes.Select(shape => shape.Cell));
            foreach (SceneShape shape in shapes)
            {
                Assert.True(shape.Box.IsWithin(frame.Width, frame.Height, 0));
                Assert.True(Math.Min(shape.Box.Width, shape.Box.Height) * frame.BudgetScale >= 24, $"{i}: {shape.Box}");
                Assert.Equal(shape.Cell, Cell(shape.Box.CentreX / frame.Width, shape.Box.CentreY / frame.Height));
                Assert.DoesNotContain(shapes, other => other != shape && other.Box.Touches(shape.Box, 0));
            }
        }
    }

    [Fact]
    public void A_background_is_far_from_every_shape()
    {
        var random = new PictureRandom(32, 1, 0);
        foreach (ShapeColour colour in Enum.GetValues<ShapeColour>())
        {
            for (int i = 0; i < 50; i++)
            {
                var paint = ShapeColours.Sample(colour, random);
                var background = ShapeColours.Background([paint], random);

                Assert.NotNull(background);
                Assert.True(ShapeColours.Distance(paint, background.Value) > 100);
            }
        }
    }

    private static int Cell(double x, double y)
    {
        const double Margin = 0.049;
        Assert.All([x, y], at => Assert.True(Math.Min(Math.Abs(at - 1 / 3.0), Math.Abs(at - 2 / 3.0)) >= Margin, $"{at:F3} is too near a line"));
        return (int)(y * 3) * 3 + (int)(x * 3);
    }
}
