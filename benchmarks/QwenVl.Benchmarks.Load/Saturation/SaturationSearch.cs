namespace QwenVl.Benchmarks.Load.Saturation;

/// <summary>Finds the highest rate that holds: doubles until one does not, then halves the interval between.</summary>
/// <param name="start">The first rate.</param>
/// <param name="precision">The share by which the interval's ends may differ at the end.</param>
/// <param name="maxSteps">The most rates that are tried.</param>
internal sealed class SaturationSearch(double start, double precision, int maxSteps)
{
    private double? _fails;
    private int _steps;

    /// <summary>The rate to try next; null: the search is over.</summary>
    public double? Next { get; private set; } = start;

    /// <summary>The highest rate that held; null: none did.</summary>
    public double? Holds { get; private set; }

    /// <summary>Whether the search ended for want of steps, not because it was precise enough.</summary>
    public bool IsCutShort { get; private set; }

    /// <summary>Takes in whether the rate held.</summary>
    public void Tried(bool holds)
    {
        double rate = Next ?? throw new InvalidOperationException("The search is over.");
        if (holds) Holds = rate;
        else _fails = rate;
        bool isPrecise = Holds is { } low && _fails is { } high && high - low <= precision * high;
        IsCutShort = !isPrecise && ++_steps >= maxSteps;
        Next = isPrecise || IsCutShort ? null : (Holds, _fails) switch
        {
            (null, { } most) => most / 2,
            ({ } least, null) => least * 2,
            ({ } least, { } most) => (least + most) / 2,
            _ => null,
        };
    }
}
