using System.Text;
using SkiaSharp;

namespace QwenVl.Pictures.Fonts;

/// <summary>The fonts of fonts.tsv, read from a folder; safe to share between threads.</summary>
public sealed class FontShelf
{
    private readonly Dictionary<(PictureSplit, FontScript), SignFont[][]> _families = [];

    private FontShelf()
    {
    }

    /// <summary>Reads every font that the list names.</summary>
    /// <param name="folder">The folder that fonts.sh filled.</param>
    /// <exception cref="FileNotFoundException">The folder or one of the fonts is missing.</exception>
    /// <exception cref="InvalidDataException">A file is no font.</exception>
    public static FontShelf Load(string folder)
    {
        ArgumentNullException.ThrowIfNull(folder);
        var shelf = new FontShelf();
        IEnumerable<(PictureSplit Split, FontScript Script, SignFont Font)> fonts = Table().Select(row => (
            Split: row[2] == "train" ? PictureSplit.Train : PictureSplit.Heldout,
            Script: row[3] == "latin" ? FontScript.Latin : FontScript.Chinese,
            Font: new SignFont(row[1], Open(folder, row[0]))));
        foreach (var shelved in fonts.GroupBy(font => (font.Split, font.Script)))
            shelf._families[shelved.Key] = [.. shelved.GroupBy(font => font.Font.Family).Select(family => family.Select(font => font.Font).ToArray())];
        return shelf;
    }

    /// <summary>Families for a split and a script, each with its files, in the order of the list.</summary>
    internal IReadOnlyList<IReadOnlyList<SignFont>> Families(PictureSplit split, FontScript script) => _families[(split, script)];

    /// <summary>Rows of fonts.tsv: file, family, role, script, package.</summary>
    internal static IReadOnlyList<string[]> Table()
    {
        using Stream stream = typeof(FontShelf).Assembly.GetManifestResourceStream("fonts.tsv")
            ?? throw new InvalidOperationException("fonts.tsv is not embedded: the build is broken.");
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return [.. reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(1).Select(line => line.Split('\t'))];
    }

    private static SKTypeface Open(string folder, string file)
    {
        string path = Path.Combine(folder, file);
        if (!File.Exists(path))
            throw new FileNotFoundException($"Font {file} is missing in {folder}: run engines/QwenVl.Pictures/fonts.sh {folder}", path);
        return SKTypeface.FromFile(path)
            ?? throw new InvalidDataException($"{path} is not a font that can be read: delete it and run fonts.sh again.");
    }
}
