using QwenVl.Pictures.Randomness;

namespace QwenVl.Pictures.Questions;

/// <summary>Several ways to ask the same; the first is the most frequent. "{0}" is what is asked about.</summary>
internal static class Wordings
{
    public static readonly string[] Read =
        ["What does the sign say?", "Read the sign.", "What is written on the sign?", "Which text is on the sign?"];

    public static readonly string[] Translate =
        ["Translate the sign into {0}.", "What does the sign mean in {0}?", "Give the text of the sign in {0}.", "How do you say this sign in {0}?"];

    public static readonly string[] ReadTranslate =
        ["Read the sign and translate it into {0}.", "What does the sign say, and what is that in {0}?", "Read the text and give it in {0}."];

    public static readonly string[] Describe =
        ["Describe the picture.", "What do you see in the picture?", "What is in the picture?", "Describe what you see."];

    public static readonly string[] CountAll =
        ["How many shapes are there?", "Count the shapes.", "How many shapes are in the picture?", "How many shapes do you see?"];

    public static readonly string[] Count =
        ["How many {0} are there?", "Count the {0}.", "How many {0} are in the picture?", "How many {0} do you see?"];

    public static readonly string[] Colour =
        ["What colour is the {0}?", "What color is the {0}?", "Which colour does the {0} have?", "Tell me the colour of the {0}."];

    public static readonly string[] Position =
        ["Where is the {0}?", "Where do you see the {0}?", "In which part of the picture is the {0}?", "Tell me where the {0} is."];

    public static readonly string[] Locate =
        ["Locate the {0}. Answer in JSON.", "Find the {0} and give its box in JSON.", "Where exactly is the {0}? Answer with a box in JSON.", "Point to the {0}. Answer in JSON."];

    public static string Ask(IReadOnlyList<string> wordings, PictureRandom random, string about = "")
    {
        int choice = random.Chance(0.25) ? 0 : random.Below(wordings.Count);
        return wordings[choice].Replace("{0}", about, StringComparison.Ordinal);
    }

    /// <summary>"a", "a and b", "a, b and c".</summary>
    public static string Join(IReadOnlyList<string> parts) =>
        parts.Count == 1 ? parts[0] : $"{string.Join(", ", parts.Take(parts.Count - 1))} and {parts[^1]}";
}
