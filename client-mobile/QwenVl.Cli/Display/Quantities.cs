using System.Globalization;

namespace QwenVl.Cli.Display;

/// <summary>Numbers with their units.</summary>
internal static class Quantities
{
    /// <summary>Milliseconds with one decimal; a dash where there is no time.</summary>
    public static string Milliseconds(TimeSpan? time) => time is { } value ? value.TotalMilliseconds.ToString("N1", CultureInfo.InvariantCulture) : "–";

    /// <summary>Bytes with their thousands, such as 131,072.</summary>
    public static string Bytes(long bytes) => bytes.ToString("N0", CultureInfo.InvariantCulture);
}
