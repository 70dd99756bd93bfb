namespace QwenVl.Pictures.Scenes;

/// <summary>How shapes, colours, numbers and places are called in answers.</summary>
internal static class ShapeWords
{
    private static readonly string[] Kinds = ["circle", "square", "triangle", "star", "cross", "hexagon", "heart", "ring"];
    private static readonly string[] Colours = ["red", "orange", "yellow", "green", "blue", "purple", "pink", "brown", "black", "white", "gray"];
    private static readonly string[] Numbers = ["no", "one", "two", "three", "four", "five"];

    private static readonly string[] Cells =
    [
        "at the top left", "at the top", "at the top right",
        "on the left", "in the center", "on the right",
        "at the bottom left", "at the bottom", "at the bottom right",
    ];

    public static string Name(this ShapeKind kind) => Kinds[(int)kind];

    public static string Plural(this ShapeKind kind) => kind == ShapeKind.Cross ? "crosses" : Kinds[(int)kind] + "s";

    public static string Name(this ShapeColour colour) => Colours[(int)colour];

    public static string Number(int count) => Numbers[count];

    /// <param name="cell">Row times three plus column, from 0 to 8.</param>
    public static string Place(int cell) => Cells[cell];

    /// <summary>"a red circle", "an orange star".</summary>
    public static string WithArticle(string noun) => (noun[0] is 'a' or 'e' or 'i' or 'o' or 'u' ? "an " : "a ") + noun;
}
