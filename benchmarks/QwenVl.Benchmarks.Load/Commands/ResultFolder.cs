using System.Globalization;

namespace QwenVl.Benchmarks.Load.Commands;

/// <summary>Where results go when no folder is named.</summary>
internal static class ResultFolder
{
    /// <summary>A folder of what was run and when, to the second.</summary>
    /// <param name="what">What was run.</param>
    public static string Default(string what) =>
        Path.Combine("artifacts", "load", string.Create(CultureInfo.InvariantCulture, $"{what}-{TimeProvider.System.GetLocalNow():yyyyMMdd-HHmmss}"));
}
