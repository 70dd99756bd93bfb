using System.Text.Json;
using QwenVl.Pictures;
using QwenVl.Pictures.Sets;
using QwenVl.Tests.Infrastructure;

namespace QwenVl.Tests.Pictures;

public sealed class FixedPicturesTests
{
    private const ulong Seed = 2026;

    private static readonly string Folder = RepositoryFolder.File("engines", "nano", "pictures");

    [Fact]
    public void There_are_a_hundred_of_each_kind_in_under_12_megabytes()
    {
        JsonElement[] lines = Lines();

        Assert.All(lines.CountBy(line => line.GetProperty("kind").GetString()!), kind => Assert.Equal(100, kind.Value));
        Assert.Equal(300, lines.Length);
        Assert.True(lines.Sum(line => new FileInfo(Path.Combine(Folder, line.GetProperty("file").GetString()!)).Length) < 12_000_000);
    }

    [Fact]
    public void The_generator_still_draws_them_with_the_same_questions_and_answers()
    {
        using var generator = new PictureGenerator(PictureFonts.Required(), new PictureOptions { PngShare = 0 });
        JsonElement[] lines = Lines();
        for (int index = 0; index < lines.Length; index += 7)
        {
            DrawnPicture picture = generator.Draw(Seed, index, PictureSplit.Heldout, (PictureKind)(index % 3));

            Assert.Equal((picture.Width, picture.Height), (lines[index].GetProperty("width").GetInt32(), lines[index].GetProperty("height").GetInt32()));
            Assert.Equal(
                picture.Questions.Select(question => (question.Task, question.Prompt, question.Answer)),
                lines[index].GetProperty("qa").EnumerateArray().Select(question => (
                    question.GetProperty("task").GetString()!, question.GetProperty("prompt").GetString()!, question.GetProperty("answer").GetString()!)));
        }
    }

    private static JsonElement[] Lines() =>
        [.. File.ReadLines(Path.Combine(Folder, PictureSet.ListName)).Select(line => JsonDocument.Parse(line).RootElement)];
}
