namespace QwenVl.Benchmarks.Load.Scenarios;

/// <summary>A scenario file that cannot be used.</summary>
/// <param name="path">The file.</param>
/// <param name="mistakes">What is wrong with it, one line each: all of it.</param>
internal sealed class ScenarioException(string path, IReadOnlyList<string> mistakes)
    : Exception($"{path}: {string.Join("; ", mistakes)}")
{
    /// <summary>What is wrong, one line each.</summary>
    public IReadOnlyList<string> Mistakes { get; } = mistakes;
}
