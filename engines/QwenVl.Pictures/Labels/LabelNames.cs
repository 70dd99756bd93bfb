using QwenVl.Pictures.Scenes;
using QwenVl.Pictures.Words;

namespace QwenVl.Pictures.Labels;

/// <summary>The classes of a picture's parts: 0 is background, then every character that a sign can show, then every coloured shape.</summary>
internal sealed class LabelNames
{
    private readonly Dictionary<char, int> _characters;
    private readonly int _firstShape;

    private LabelNames(char[] characters)
    {
        _characters = characters.Select((character, index) => (character, index)).ToDictionary(pair => pair.character, pair => pair.index + 1);
        _firstShape = characters.Length + 1;
        All =
        [
            "background", .. characters.Select(character => character.ToString()),
            .. from colour in Enum.GetValues<ShapeColour>() from kind in Enum.GetValues<ShapeKind>() select $"{colour.Name()} {kind.Name()}",
        ];
    }

    public static LabelNames Instance { get; } = new([.. Characters().Distinct().Order()]);

    public IReadOnlyList<string> All { get; }

    public int Of(char character) => _characters[character];

    public int Of(ShapeKind kind, ShapeColour colour) => _firstShape + (int)colour * Enum.GetValues<ShapeKind>().Length + (int)kind;

    private static IEnumerable<char> Characters() =>
        from word in SignWords.All
        from language in Enum.GetValues<SignLanguage>()
        from casing in Enum.GetValues<SignCasing>()
        from character in SignEntry.Case(word.In(language), casing).Replace("#", "0123456789", StringComparison.Ordinal)
        where character != ' '
        select character;
}
