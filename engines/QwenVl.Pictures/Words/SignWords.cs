using System.Text;

namespace QwenVl.Pictures.Words;

/// <summary>The list of sign words, sign-words.tsv.</summary>
internal static class SignWords
{
    private static readonly Lazy<SignWord[]> List = new(Read);

    public static IReadOnlyList<SignWord> All => List.Value;

    private static SignWord[] Read()
    {
        using Stream stream = typeof(SignWords).Assembly.GetManifestResourceStream("sign-words.tsv")
            ?? throw new InvalidOperationException("sign-words.tsv is not embedded: the build is broken.");
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return [.. reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(1)
            .Select(line => line.Split('\t'))
            .Select(cells => new SignWord(cells[0], cells[1], cells[2]))];
    }
}
