using QwenVl.Pictures.Randomness;
using QwenVl.Pictures.Words;

namespace QwenVl.Pictures.Signs;

/// <summary>What a sign says, from top to bottom.</summary>
internal sealed record SignContent(IReadOnlyList<SignEntry> Entries, SignLanguage Language, SignCasing Casing)
{
    private const int MostNumber = 99;

    private static readonly SignWord[] Plain = [.. SignWords.All.Where(word => !word.IsNumbered)];
    private static readonly SignWord[] Numbered = [.. SignWords.All.Where(word => word.IsNumbered)];

    public IReadOnlyList<string> Written { get; } = [.. Entries.Select(entry => entry.Written(Language, Casing))];

    /// <summary>An entry count, words and numbers that <paramref name="split"/> allows.</summary>
    public static SignContent Sample(PictureSplit split, PictureRandom random)
    {
        var language = (SignLanguage)random.PickWeighted([0.6, 0.25, 0.15]);
        SignCasing casing = language switch
        {
            SignLanguage.English => (SignCasing)random.PickWeighted([0.35, 0.45, 0.2]),
            SignLanguage.German => random.Chance(0.42) ? SignCasing.Upper : SignCasing.AsListed,
            _ => SignCasing.AsListed,
        };
        int count = 1 + random.PickWeighted([0.5, 0.33, 0.17]);
        while (true)
        {
            SignEntry[] entries = [.. Enumerable.Range(0, count).Select(_ => Entry(random))];
            if (entries.Select(entry => entry.Word).Distinct().Count() == count && IsAllowed(split, entries))
                return new SignContent(entries, language, casing);
        }
    }

    /// <summary>
    /// A combination is a word with its number, or all entries of a sign in any order. Plain words by themselves are in
    /// both splits; a training sign contains no held-out combination at all.
    /// </summary>
    public static bool IsAllowed(PictureSplit split, IReadOnlyList<SignEntry> entries)
    {
        if (entries.Count == 1) return entries[0].Number is null || SplitRule.Allows(split, Name(entries[0]));
        string combination = string.Join(" | ", entries.Select(Name).Order(StringComparer.Ordinal));
        return SplitRule.Allows(split, combination)
            && (split == PictureSplit.Heldout || entries.All(entry => entry.Number is null || !SplitRule.IsHeldout(Name(entry))));
    }

    private static string Name(SignEntry entry) => entry.In(SignLanguage.English);

    private static SignEntry Entry(PictureRandom random) => random.Chance(0.2)
        ? new SignEntry(random.Pick(Numbered), 1 + random.Below(MostNumber))
        : new SignEntry(random.Pick(Plain), null);
}
