using QwenVl.Pictures;
using QwenVl.Pictures.Randomness;
using QwenVl.Pictures.Signs;
using QwenVl.Pictures.Words;

namespace QwenVl.Tests.Pictures.Signs;

public sealed class SignContentTests
{
    [Fact]
    public void No_held_out_combination_is_ever_trained_on()
    {
        HashSet<string> trained = [.. Combinations(PictureSplit.Train, 4_000)], heldout = [.. Combinations(PictureSplit.Heldout, 4_000)];

        Assert.Empty(trained.Intersect(heldout));
        Assert.True(heldout.Count > 1_000);
    }

    [Fact]
    public void The_order_of_entries_makes_no_new_combination()
    {
        SignEntry exit = Entry("Exit"), toilets = Entry("Toilets");

        Assert.Equal(SignContent.IsAllowed(PictureSplit.Train, [exit, toilets]), SignContent.IsAllowed(PictureSplit.Train, [toilets, exit]));
    }

    [Fact]
    public void A_training_sign_of_several_entries_has_no_held_out_number()
    {
        SignEntry[] heldout = [.. Enumerable.Range(1, 99).Select(number => Entry("Platform #") with { Number = number })
            .Where(entry => SignContent.IsAllowed(PictureSplit.Heldout, [entry]))];

        Assert.NotEmpty(heldout);
        Assert.All(heldout, entry => Assert.DoesNotContain(SignWords.All, word =>
            !word.IsNumbered && SignContent.IsAllowed(PictureSplit.Train, [entry, new SignEntry(word, null)])));
    }

    [Fact]
    public void Languages_come_in_their_shares()
    {
        var languages = Enumerable.Range(0, 2_000)
            .Select(i => SignContent.Sample(PictureSplit.Train, new PictureRandom(3, 1, (ulong)i)).Language)
            .CountBy(language => language).ToDictionary();

        Assert.InRange(languages[SignLanguage.English], 1_100, 1_300);
        Assert.InRange(languages[SignLanguage.German], 420, 580);
        Assert.InRange(languages[SignLanguage.Chinese], 230, 370);
    }

    private static SignEntry Entry(string english) => new(SignWords.All.Single(word => word.English == english), null);

    /// <summary>Names of multi-entry signs and of words with numbers.</summary>
    private static IEnumerable<string> Combinations(PictureSplit split, int signs) =>
        from i in Enumerable.Range(0, signs)
        let content = SignContent.Sample(split, new PictureRandom(1, 1, (ulong)i))
        where content.Entries.Count > 1 || content.Entries[0].Number is not null
        select string.Join(" | ", content.Entries.Select(entry => entry.In(SignLanguage.English)).Order(StringComparer.Ordinal));
}
