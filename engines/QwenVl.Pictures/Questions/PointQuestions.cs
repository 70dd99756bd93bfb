using System.Globalization;
using QwenVl.Pictures.Geometry;
using QwenVl.Pictures.Randomness;
using QwenVl.Pictures.Scenes;

namespace QwenVl.Pictures.Questions;

/// <summary>What is asked for by its box.</summary>
internal static class PointQuestions
{
    public static IEnumerable<QuestionAnswer> Shapes(IReadOnlyList<SceneShape> shapes, PictureFrame frame, PictureRandom random, int most)
    {
        List<SceneShape> order = [.. shapes.Where(shape => shapes.Count(other => other.Name == shape.Name) == 1)];
        random.Shuffle(order);
        return order.Take(most).Select(shape => new QuestionAnswer("point", Wordings.Ask(Wordings.Locate, random, shape.Name), Answer(shape.Box, shape.Name, frame)));
    }

    public static IEnumerable<QuestionAnswer> Texts(IReadOnlyList<(string Text, PictureBox Box)> entries, PictureFrame frame, PictureRandom random, int most)
    {
        List<(string Text, PictureBox Box)> order = [.. entries];
        random.Shuffle(order);
        return order.Take(most).Select(entry =>
            new QuestionAnswer("point", Wordings.Ask(Wordings.Locate, random, $"text \"{entry.Text}\""), Answer(entry.Box, entry.Text, frame)));
    }

    private static string Answer(PictureBox box, string label, PictureFrame frame) => string.Create(CultureInfo.InvariantCulture,
        $"{{\"bbox_2d\":[{Share(box.Left, frame.Width)},{Share(box.Top, frame.Height)},{Share(box.Right, frame.Width)},{Share(box.Bottom, frame.Height)}],\"label\":\"{label}\"}}");

    /// <summary>Thousandths of the picture's side.</summary>
    private static int Share(double at, int side) => Math.Clamp((int)Math.Round(at * 1000 / side, MidpointRounding.AwayFromZero), 0, 1000);
}
