using QwenVl.Pictures.Randomness;
using QwenVl.Pictures.Scenes;

namespace QwenVl.Pictures.Questions;

/// <summary>What is asked about shapes.</summary>
internal static class SceneQuestions
{
    /// <summary>The whole scene in words, and the name of its combination.</summary>
    public static string Description(IReadOnlyList<SceneShape> shapes)
    {
        string[] parts = [.. shapes.Select(shape => $"{ShapeWords.WithArticle(shape.Name)} {ShapeWords.Place(shape.Cell)}")];
        return $"{Counted(shapes.Count, "shape", "shapes")}: {Wordings.Join(parts)}.";
    }

    public static IEnumerable<QuestionAnswer> Ask(IReadOnlyList<SceneShape> shapes, PictureRandom random)
    {
        yield return new("describe", Wordings.Ask(Wordings.Describe, random), Description(shapes));
        yield return new("count", Wordings.Ask(Wordings.CountAll, random), Counted(shapes.Count, "shape", "shapes") + ".");

        ShapeColour colour = random.Chance(0.85) ? random.Pick(shapes).Colour : (ShapeColour)random.Below(Enum.GetValues<ShapeColour>().Length);
        yield return new("count", Wordings.Ask(Wordings.Count, random, $"{colour.Name()} shapes"),
            Counted(shapes.Count(shape => shape.Colour == colour), $"{colour.Name()} shape", $"{colour.Name()} shapes") + ".");

        ShapeKind kind = random.Chance(0.85) ? random.Pick(shapes).Kind : (ShapeKind)random.Below(Enum.GetValues<ShapeKind>().Length);
        yield return new("count", Wordings.Ask(Wordings.Count, random, kind.Plural()),
            Counted(shapes.Count(shape => shape.Kind == kind), kind.Name(), kind.Plural()) + ".");

        List<SceneShape> order = [.. shapes];
        random.Shuffle(order);
        foreach (SceneShape shape in order.Where(shape => shapes.Count(other => other.Kind == shape.Kind) == 1).Take(2))
        {
            yield return new("colour", Wordings.Ask(Wordings.Colour, random, shape.Kind.Name()),
                $"The {shape.Kind.Name()} is {shape.Colour.Name()}.");
        }

        random.Shuffle(order);
        foreach (SceneShape shape in order.Where(shape => shapes.Count(other => other.Name == shape.Name) == 1).Take(2))
        {
            yield return new("position", Wordings.Ask(Wordings.Position, random, shape.Name),
                $"The {shape.Name} is {ShapeWords.Place(shape.Cell)}.");
        }
    }

    private static string Counted(int count, string one, string many) =>
        $"There {(count == 1 ? "is" : "are")} {ShapeWords.Number(count)} {(count == 1 ? one : many)}";
}
