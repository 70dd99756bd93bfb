using QwenVl.Model.Vision;
using QwenVl.Pictures;
using QwenVl.Pictures.Labels;

namespace QwenVl.Tests.Pictures.Labels;

public sealed class PictureLabelsTests
{
    private const int Fine = 320;

    [Fact]
    public void Labels_of_a_sign_are_the_characters_of_its_text()
    {
        using var generator = new PictureGenerator(PictureFonts.Required(), new PictureOptions());
        for (int i = 0; i < 40; i++)
        {
            DrawnPicture picture = generator.Draw(12, i, PictureSplit.Train, PictureKind.Sign);
            string answer = picture.Questions.Single(question => question.Task == "read").Answer;
            IEnumerable<string> written = answer.Split('"').Where((_, part) => part % 2 == 1).SelectMany(text => text)
                .Where(character => character != ' ').Select(character => character.ToString());

            Assert.Equal(written.Distinct().Order(), Names(picture.Labels(new ImageGrid(Fine, Fine))));
        }
    }

    [Fact]
    public void Labels_of_a_scene_are_its_shapes()
    {
        using var generator = new PictureGenerator(PictureFonts.Required(), new PictureOptions());
        for (int i = 0; i < 40; i++)
        {
            DrawnPicture picture = generator.Draw(13, i, PictureSplit.Train, PictureKind.Scene);
            string answer = picture.Questions.Single(question => question.Task == "describe").Answer;

            Assert.All(Names(picture.Labels(new ImageGrid(Fine, Fine))), name => Assert.Contains($" {name} ", answer, StringComparison.Ordinal));
        }
    }

    private static IEnumerable<string> Names(ushort[] labels) =>
        labels.Where(label => label != 0).Distinct().Select(label => LabelNames.Instance.All[label]).Order();
}
