namespace QwenVl.Engines.Plans;

/// <summary>What the emitted graphs call the lengths of inputs that a run decides.</summary>
public static class GraphSymbols
{
    /// <summary>Pictures or sequences of a run.</summary>
    public const string Batch = "B";

    /// <summary>Patches of the largest picture of a run; a multiple of 4.</summary>
    public const string Patches = "N";

    /// <summary>Tokens that the longest chunk of a run appends; 1 in a step of decoding.</summary>
    public const string Tokens = "S";

    /// <summary>Rows of the past that go in (<see cref="Model.Manifest.EngineDialect.TensorRt10"/>); a positive multiple of 64.</summary>
    public const string PastRows = "P";

    /// <summary>Rows of the cache that attention reads (<see cref="Model.Manifest.EngineDialect.TensorRt11"/>); at most its capacity.</summary>
    public const string ActiveRows = "A";

    /// <summary>Feature rows of a run's visual tokens, and row 0, which is zero.</summary>
    public const string VisualRows = "R";
}
