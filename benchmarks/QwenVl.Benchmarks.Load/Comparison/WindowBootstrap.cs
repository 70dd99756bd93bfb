using QwenVl.Benchmarks.Load.Measuring;

namespace QwenVl.Benchmarks.Load.Comparison;

/// <summary>
/// How far a ratio of two runs may be off by chance. Requests close to each other share what happened to the server then, so
/// whole windows of time are drawn again and again, not single requests.
/// </summary>
internal static class WindowBootstrap
{
    private const int Windows = 20;
    private const int Draws = 200;
    private const double Tail = 0.025;
    private const int Seed = 1;

    /// <summary>The interval that holds the ratio with 95 % confidence; null where a statistic is not there often enough.</summary>
    /// <param name="first">All rows of the first run.</param>
    /// <param name="firstSeconds">Its length.</param>
    /// <param name="second">All rows of the second run.</param>
    /// <param name="secondSeconds">Its length.</param>
    /// <param name="statistic">What is compared, of some rows over some seconds; null: these rows have none.</param>
    public static (double Low, double High)? Ratio(
        IReadOnlyList<RequestRow> first, double firstSeconds, IReadOnlyList<RequestRow> second, double secondSeconds, Func<IReadOnlyList<RequestRow>, double, double?> statistic)
    {
        RequestRow[][] a = Split(first, firstSeconds), b = Split(second, secondSeconds);
        var random = new Random(Seed);
        var ratios = new List<double>();
        for (int i = 0; i < Draws; i++)
        {
            double? one = statistic(Draw(a, random), firstSeconds), other = statistic(Draw(b, random), secondSeconds);
            if (one is > 0 && other is { } value) ratios.Add(value / one.Value);
        }

        if (ratios.Count < Draws / 2) return null;
        ratios.Sort();
        return (ratios[(int)(Tail * ratios.Count)], ratios[(int)((1 - Tail) * ratios.Count)]);
    }

    private static RequestRow[][] Split(IReadOnlyList<RequestRow> rows, double seconds)
    {
        ILookup<int, RequestRow> windows = rows.ToLookup(row => Math.Clamp((int)(row.StartSeconds / seconds * Windows), 0, Windows - 1));
        return [.. Enumerable.Range(0, Windows).Select(window => windows[window].ToArray())];
    }

    private static List<RequestRow> Draw(RequestRow[][] windows, Random random)
    {
        var rows = new List<RequestRow>();
        for (int i = 0; i < windows.Length; i++) rows.AddRange(windows[random.Next(windows.Length)]);
        return rows;
    }
}
