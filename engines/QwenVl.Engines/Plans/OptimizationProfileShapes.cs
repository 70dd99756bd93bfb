namespace QwenVl.Engines.Plans;

/// <summary>One optimisation profile of a plan: the shapes that each dynamic input of a graph may have.</summary>
/// <param name="Name">What the profile is for, such as <c>decode</c>.</param>
/// <param name="Inputs">By the input's name; inputs of fixed shape are left out, as a plan's builder wants it.</param>
public sealed record OptimizationProfileShapes(string Name, IReadOnlyDictionary<string, InputShapes> Inputs)
{
    /// <summary>Puts lengths in place of a graph's symbols.</summary>
    /// <param name="name">What the profile is for.</param>
    /// <param name="graph">The graph.</param>
    /// <param name="lengths">The range of every symbol that the graph's inputs have; others are ignored.</param>
    /// <exception cref="ArgumentException">A symbol has no range, or a range is none.</exception>
    public static OptimizationProfileShapes Create(string name, GraphSignature graph, IReadOnlyDictionary<string, LengthRange> lengths)
    {
        ArgumentNullException.ThrowIfNull(graph);
        ArgumentNullException.ThrowIfNull(lengths);
        foreach ((string symbol, LengthRange range) in lengths)
        {
            if (range.Min < 1 || range.Opt < range.Min || range.Max < range.Opt)
                throw new ArgumentException($"Profile {name}: {symbol} goes from {range.Min} over {range.Opt} to {range.Max}; a range ascends from 1 or more.", nameof(lengths));
        }

        return new OptimizationProfileShapes(name, graph.Inputs.Where(input => input.IsDynamic).ToDictionary(input => input.Name, Shapes, StringComparer.Ordinal));

        InputShapes Shapes(GraphTensor input) => new(Lengths(input, range => range.Min), Lengths(input, range => range.Opt), Lengths(input, range => range.Max));

        long[] Lengths(GraphTensor input, Func<LengthRange, long> end) => [.. input.Shape.Select(dimension =>
            dimension.Symbol is not { } symbol ? dimension.Length
            : lengths.TryGetValue(symbol, out LengthRange range) ? end(range)
            : throw new ArgumentException($"Profile {name}: input {input.Name} has a length {symbol} that no range was given for.", nameof(lengths)))];
    }
}
