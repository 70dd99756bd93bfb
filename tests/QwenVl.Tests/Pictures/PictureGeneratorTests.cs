using QwenVl.Pictures;
using QwenVl.Pictures.Randomness;

namespace QwenVl.Tests.Pictures;

public sealed class PictureGeneratorTests
{
    [Fact]
    public void The_same_seed_and_index_give_the_same_bytes_and_answers_in_any_order()
    {
        using var first = new PictureGenerator(PictureFonts.Required(), new PictureOptions());
        using var second = new PictureGenerator(PictureFonts.Required(), new PictureOptions());
        DrawnPicture[] forwards = [.. Enumerable.Range(0, 12).Select(i => first.Draw(9, i, PictureSplit.Heldout))];
        DrawnPicture[] backwards = [.. Enumerable.Range(0, 12).Reverse().Select(i => second.Draw(9, i, PictureSplit.Heldout)).Reverse()];

        for (int i = 0; i < forwards.Length; i++)
        {
            Assert.True(forwards[i].Encoded.Span.SequenceEqual(backwards[i].Encoded.Span), $"picture {i}");
            Assert.Equal(forwards[i].Questions, backwards[i].Questions);
        }
    }

    [Fact]
    public void Another_seed_or_split_gives_another_picture()
    {
        using var generator = new PictureGenerator(PictureFonts.Required(), new PictureOptions());
        byte[][] pictures = [.. new[] { (1ul, PictureSplit.Train), (2ul, PictureSplit.Train), (1ul, PictureSplit.Heldout) }
            .Select(at => generator.Draw(at.Item1, 0, at.Item2).Encoded.ToArray())];

        Assert.False(pictures[0].AsSpan().SequenceEqual(pictures[1]));
        Assert.False(pictures[0].AsSpan().SequenceEqual(pictures[2]));
    }

    [Fact]
    public void Pictures_are_200_to_1600_pixels_and_decode_to_their_size()
    {
        using var generator = new PictureGenerator(PictureFonts.Required(), new PictureOptions());
        for (int i = 0; i < 60; i++)
        {
            DrawnPicture picture = generator.Draw(4, i, PictureSplit.Train);
            (int shorter, int longer) = (Math.Min(picture.Width, picture.Height), Math.Max(picture.Width, picture.Height));

            Assert.InRange(longer, 200, 1600);
            Assert.InRange((double)longer / shorter, 1, 2.01);
            var decoded = picture.Decode();
            Assert.Equal((picture.Width, picture.Height), (decoded.Width, decoded.Height));
        }
    }

    [Theory]
    [InlineData(PictureSplit.Train)]
    [InlineData(PictureSplit.Heldout)]
    public void Scenes_keep_to_the_combinations_of_their_split(PictureSplit split)
    {
        using var generator = new PictureGenerator(PictureFonts.Required(), new PictureOptions());
        for (int i = 0; i < 60; i++)
        {
            string description = generator.Draw(3, i, split, PictureKind.Scene).Questions.Single(question => question.Task == "describe").Answer;

            Assert.True(SplitRule.Allows(split, description), description);
        }
    }

    [Theory]
    [InlineData(PictureKind.Sign, "read", "translate", "read-translate")]
    [InlineData(PictureKind.Scene, "describe", "count", "colour", "position")]
    [InlineData(PictureKind.Point, "point")]
    public void A_kind_asks_its_own_tasks(PictureKind kind, params string[] tasks)
    {
        using var generator = new PictureGenerator(PictureFonts.Required(), new PictureOptions());
        HashSet<string> asked = [.. Enumerable.Range(0, 30).SelectMany(i => generator.Draw(2, i, PictureSplit.Heldout, kind).Questions).Select(question => question.Task)];

        Assert.Equal(tasks.Order(), asked.Order());
    }
}
