namespace QwenVl.Engines.Graphs;

/// <summary>One edge of a graph. The default value stands for an optional input that is left out.</summary>
internal readonly record struct Value(string Name)
{
    public static Value None => new("");
}
