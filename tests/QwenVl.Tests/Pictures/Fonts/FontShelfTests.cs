using QwenVl.Pictures;
using QwenVl.Pictures.Fonts;
using QwenVl.Pictures.Words;

namespace QwenVl.Tests.Pictures.Fonts;

public sealed class FontShelfTests
{
    [Fact]
    public void A_missing_font_is_named_with_the_way_to_get_it()
    {
        string folder = Path.Combine(Path.GetTempPath(), "no-fonts-here");

        FileNotFoundException problem = Assert.Throws<FileNotFoundException>(() => FontShelf.Load(folder));

        Assert.Equal($"Font DejaVuSans.ttf is missing in {folder}: run engines/QwenVl.Pictures/fonts.sh {folder}", problem.Message);
    }

    [Fact]
    public void A_file_that_is_no_font_is_named()
    {
        string folder = Directory.CreateTempSubdirectory().FullName;
        File.WriteAllText(Path.Combine(folder, "DejaVuSans.ttf"), "not a font");

        InvalidDataException problem = Assert.Throws<InvalidDataException>(() => FontShelf.Load(folder));

        Assert.Contains("DejaVuSans.ttf is not a font", problem.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("latin", 20, 5)]
    [InlineData("chinese", 4, 2)]
    public void Enough_families_and_none_in_both_splits(string script, int leastTraining, int leastHeldout)
    {
        HashSet<string> training = Families("train", script), heldout = Families("heldout", script);

        Assert.Empty(training.Intersect(heldout));
        Assert.True(training.Count >= leastTraining && heldout.Count >= leastHeldout, $"{training.Count} and {heldout.Count} families");
    }

    [Theory]
    [InlineData(PictureSplit.Train)]
    [InlineData(PictureSplit.Heldout)]
    public void Every_word_of_the_list_can_be_written_in_two_families_at_least(PictureSplit split)
    {
        FontShelf fonts = PictureFonts.Required();
        foreach (SignLanguage language in Enum.GetValues<SignLanguage>())
        {
            FontScript script = language == SignLanguage.Chinese ? FontScript.Chinese : FontScript.Latin;
            foreach (SignWord word in SignWords.All)
            {
                string text = word.In(language).Replace("#", "0123456789", StringComparison.Ordinal);
                int families = fonts.Families(split, script).Count(family => family.All(font => font.Covers(text)));
                Assert.True(families >= 2, $"{text}: {families} families");
            }
        }
    }

    private static HashSet<string> Families(string role, string script) =>
        [.. FontShelf.Table().Where(row => row[2] == role && row[3] == script).Select(row => row[1])];
}
