namespace QwenVl.TensorRt.Native;

/// <summary>The machine as the search sees it: its variables, and below which folder its files lie.</summary>
internal sealed record SearchSystem(Func<string, string?> Variable, string Root = "/")
{
    public static SearchSystem Current { get; } = new(Environment.GetEnvironmentVariable);

    public string At(string path) => Root == "/" ? path : Path.Combine(Root, path.TrimStart('/'));
}
