using System.Globalization;

namespace QwenVl.Benchmarks.Load.Reports;

/// <summary>Numbers as reports show them.</summary>
internal static class Numbers
{
    private const double MiB = 1 << 20;

    /// <summary>Three significant digits or more; a dash where there is none.</summary>
    public static string Show(double? value) => value switch
    {
        null => "–",
        { } number when Math.Abs(number) >= 100 || number == Math.Floor(number) => number.ToString("N0", CultureInfo.InvariantCulture),
        { } number when Math.Abs(number) >= 10 => number.ToString("0.0", CultureInfo.InvariantCulture),
        { } number => number.ToString("0.00#", CultureInfo.InvariantCulture),
    };

    /// <summary>A share of 1 as a percentage.</summary>
    public static string Percent(double? share) => share is { } value ? (100 * value).ToString("0.0", CultureInfo.InvariantCulture) + " %" : "–";

    /// <summary>Bytes in MiB.</summary>
    public static string Mib(double? bytes) => bytes is { } value ? $"{Show(Math.Round(value / MiB, 1))} MiB" : "–";
}
