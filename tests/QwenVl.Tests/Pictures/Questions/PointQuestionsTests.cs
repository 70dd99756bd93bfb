using System.Text.Json;
using QwenVl.Model.Vision;
using QwenVl.Pictures;
using QwenVl.Pictures.Labels;

namespace QwenVl.Tests.Pictures.Questions;

public sealed class PointQuestionsTests
{
    private const int Fine = 400;

    [Fact]
    public void A_box_lies_in_the_picture_and_just_around_its_object()
    {
        using var generator = new PictureGenerator(PictureFonts.Required(), new PictureOptions());
        int shapes = 0;
        for (int i = 0; i < 60; i++)
        {
            DrawnPicture picture = generator.Draw(21, i, PictureSplit.Heldout, PictureKind.Point);
            ushort[] labels = picture.Labels(new ImageGrid(Fine, Fine));
            foreach (QuestionAnswer question in picture.Questions)
            {
                (int[] box, string name) = Parse(question.Answer);
                Assert.All(box, side => Assert.InRange(side, 0, 1000));
                Assert.True(box[0] < box[2] && box[1] < box[3], question.Answer);
                Assert.Contains(name, question.Prompt, StringComparison.Ordinal);
                if (!LabelNames.Instance.All.Contains(name) || name.Length == 1) continue;

                // What the labels show of the object, in thousandths; a cell is 2.5 of them.
                int[] seen = Seen(labels, (ushort)LabelNames.Instance.All.Index().Single(label => label.Item == name).Index);
                Assert.All(box.Zip(seen), side => Assert.InRange(side.First - side.Second, -8, 8));
                shapes++;
            }
        }

        Assert.True(shapes > 40, $"{shapes} shapes");
    }

    [Fact]
    public void A_scene_that_also_asks_for_boxes_asks_only_for_shapes_that_are_there_once()
    {
        using var generator = new PictureGenerator(PictureFonts.Required(), new PictureOptions { MixesTasks = true });
        for (int i = 0; i < 60; i++)
        {
            IReadOnlyList<QuestionAnswer> questions = generator.Draw(22, i, PictureSplit.Train, PictureKind.Scene).Questions;
            string description = questions.Single(question => question.Task == "describe").Answer;

            Assert.All(questions.Where(question => question.Task == "point"), question =>
                Assert.Equal(2, description.Split($" {Parse(question.Answer).Label} ").Length));
        }
    }

    private static (int[] Box, string Label) Parse(string answer)
    {
        using JsonDocument document = JsonDocument.Parse(answer);
        return ([.. document.RootElement.GetProperty("bbox_2d").EnumerateArray().Select(side => side.GetInt32())],
            document.RootElement.GetProperty("label").GetString()!);
    }

    private static int[] Seen(ushort[] labels, ushort label)
    {
        int left = Fine, top = Fine, right = 0, bottom = 0, at = 0;
        for (int blockRow = 0; blockRow < Fine; blockRow += 2)
            for (int blockColumn = 0; blockColumn < Fine; blockColumn += 2)
                for (int row = blockRow; row < blockRow + 2; row++)
                    for (int column = blockColumn; column < blockColumn + 2; column++)
                    {
                        if (labels[at++] != label) continue;
                        (left, right) = (Math.Min(left, column), Math.Max(right, column + 1));
                        (top, bottom) = (Math.Min(top, row), Math.Max(bottom, row + 1));
                    }

        return [left * 1000 / Fine, top * 1000 / Fine, right * 1000 / Fine, bottom * 1000 / Fine];
    }
}
