using QwenVl.Pictures.Words;

namespace QwenVl.Tests.Pictures.Words;

public sealed class SignWordsTests
{
    [Fact]
    public void There_are_at_least_220_words_besides_the_numbered_ones() =>
        Assert.True(SignWords.All.Count(word => !word.IsNumbered) >= 220);

    [Theory]
    [InlineData("English")]
    [InlineData("German")]
    [InlineData("Chinese")]
    public void No_text_stands_twice_in_a_language_so_that_a_translation_is_unique(string language)
    {
        string[] texts = [.. SignWords.All.Select(word => word.In(Enum.Parse<SignLanguage>(language)))];

        Assert.Equal(texts.Length, texts.Distinct(StringComparer.OrdinalIgnoreCase).Count());
        Assert.All(texts, text => Assert.Equal(text.Trim(), text));
        Assert.DoesNotContain(texts, text => text.Length == 0 || text.Contains('"', StringComparison.Ordinal));
    }

    [Fact]
    public void Words_are_short_and_their_letters_are_whole()
    {
        Assert.All(SignWords.All, word => Assert.InRange(word.English.Split(' ').Length, 1, 3));
        // Composed form: no combining accents after a letter.
        Assert.DoesNotContain(SignWords.All, word => (word.English + word.German + word.Chinese).Any(letter => letter is >= '\u0300' and <= '\u036F'));
    }

    [Fact]
    public void A_number_stands_in_all_three_languages_or_in_none() =>
        Assert.All(SignWords.All, word => Assert.Equal(
            (word.IsNumbered, word.IsNumbered),
            (word.German.Contains('#', StringComparison.Ordinal), word.Chinese.Contains('#', StringComparison.Ordinal))));

    [Fact]
    public void Capitals_have_no_sharp_s_and_titles_begin_every_word()
    {
        var road = new SignEntry(new SignWord("Road closed", "Straße gesperrt", "道路封闭"), null);

        Assert.Equal("STRASSE GESPERRT", road.Written(SignLanguage.German, SignCasing.Upper));
        Assert.Equal("Road Closed", road.Written(SignLanguage.English, SignCasing.Title));
    }

    [Fact]
    public void A_number_is_put_where_the_list_says()
    {
        var platform = new SignEntry(SignWords.All.Single(word => word.English == "Platform #"), 7);

        Assert.Equal(("Platform 7", "Gleis 7", "7号站台"),
            (platform.In(SignLanguage.English), platform.In(SignLanguage.German), platform.In(SignLanguage.Chinese)));
    }
}
