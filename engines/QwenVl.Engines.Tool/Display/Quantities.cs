using System.Globalization;

namespace QwenVl.Engines.Tool.Display;

/// <summary>Numbers with their units, the same in every culture.</summary>
internal static class Quantities
{
    private static readonly string[] Units = ["B", "kB", "MB", "GB", "TB"];

    /// <summary>A whole number with its thousands, such as 151,936.</summary>
    public static string Count(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>Bytes in the largest unit that leaves a number of at least 1, such as 8.88 GB (10^9 bytes).</summary>
    public static string Bytes(long bytes)
    {
        double value = bytes;
        int unit = 0;
        for (; value >= 1000 && unit < Units.Length - 1; unit++) value /= 1000;
        return value.ToString(unit == 0 ? "0" : "0.##", CultureInfo.InvariantCulture) + " " + Units[unit];
    }

    /// <summary>Seconds with two decimals.</summary>
    public static string Seconds(TimeSpan time) => time.TotalSeconds.ToString("0.00", CultureInfo.InvariantCulture) + " s";

    /// <summary>A measured difference: two significant digits are all that anybody compares.</summary>
    public static string Difference(double number) => number.ToString("0.0e+0", CultureInfo.InvariantCulture);

    /// <summary>A cosine with the digits in which good ones differ, such as 0.99987.</summary>
    public static string Cosine(double number) => number.ToString("0.000##", CultureInfo.InvariantCulture);

    /// <summary>A share such as 93.5 %.</summary>
    public static string Percent(double share) => (100 * share).ToString("0.0", CultureInfo.InvariantCulture) + " %";
}
