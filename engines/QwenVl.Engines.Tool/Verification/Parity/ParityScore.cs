using QwenVl.Engines.Tool.Display;

namespace QwenVl.Engines.Tool.Verification.Parity;

/// <summary>Differences of many lists of numbers of one kind: the worst of them, whose it is, and the mean.</summary>
/// <param name="what">What the numbers are.</param>
internal sealed class ParityScore(string what)
{
    private readonly Extreme _cosine = new();
    private readonly Extreme _error = new();
    private readonly Extreme _largest = new();
    private int _count;

    /// <param name="whose">The picture, and where in its answer.</param>
    /// <param name="expected">In float32.</param>
    /// <param name="actual">Of another length they are infinitely apart.</param>
    public void Add(string whose, ReadOnlySpan<float> expected, ReadOnlySpan<float> actual)
    {
        bool comparable = expected.Length == actual.Length;
        _cosine.Add(whose, comparable ? -Difference.Cosine(expected, actual) : double.PositiveInfinity);
        _error.Add(whose, comparable ? Difference.Relative(expected, actual) : double.PositiveInfinity);
        _largest.Add(whose, comparable ? Difference.OfScale(expected, actual) : double.PositiveInfinity);
        _count++;
    }

    /// <summary>Cosine and error, which have limits.</summary>
    public IEnumerable<Measurement> Limited()
    {
        if (_count == 0) yield break;
        yield return Measurement.Cosine($"{what}, cosine", Of(_cosine), -_cosine.Worst, -_cosine.Mean, ParityLimits.LeastCosine);
        yield return Measurement.Error($"{what}, error", Of(_error), _error.Worst, _error.Mean, ParityLimits.MostError);
    }

    /// <summary>
    /// The largest difference of single numbers too. It has no limit: one number of a whole vocabulary may be off by much,
    /// and whether that matters is what the choice of tokens tells.
    /// </summary>
    public IEnumerable<Measurement> All() => _count == 0 ? [] : [.. Limited(), Measurement.Error($"{what}, largest of scale", Of(_largest), _largest.Worst, _largest.Mean, null)];

    private string Of(Extreme extreme) => _count == 1 ? extreme.Whose : $"{extreme.Whose}, worst of {Quantities.Count(_count)}";

    private sealed class Extreme
    {
        private double _sum;
        private int _count;

        public double Worst { get; private set; } = double.NegativeInfinity;

        public string Whose { get; private set; } = "";

        public double Mean => _sum / _count;

        // No number is worse than any: a comparison with one must not hide it.
        public void Add(string whose, double value)
        {
            if (double.IsNaN(value)) value = double.PositiveInfinity;
            (_sum, _count) = (_sum + value, _count + 1);
            if (value > Worst) (Worst, Whose) = (value, whose);
        }
    }
}
