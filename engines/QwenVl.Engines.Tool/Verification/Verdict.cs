using QwenVl.Engines.Tool.Display;

namespace QwenVl.Engines.Tool.Verification;

/// <summary>Shows differences and says whether all are within their limits.</summary>
internal static class Verdict
{
    /// <param name="console">Where to.</param>
    /// <param name="measurements">All differences.</param>
    /// <param name="unlimited">What those without a limit are, in "7 of … are stated without a limit".</param>
    /// <returns>The exit code.</returns>
    public static int Write(ToolConsole console, IReadOnlyList<Measurement> measurements, string unlimited)
    {
        console.Write(MeasurementTable.Create(measurements));
        Measurement[] over = [.. measurements.Where(measurement => !measurement.Passes)];
        int limited = measurements.Count(measurement => measurement.Limit is not null);
        string rest = limited == measurements.Count ? "" : $"; {measurements.Count - limited} of {unlimited} are stated without a limit";
        console.WriteLine($"{limited - over.Length} of {limited} differences are within their limits{rest}");
        if (over.Length == 0) return 0;
        console.WriteProblem($"{over.Length} of {limited} differences are over their limits, first {over[0]}");
        return 1;
    }
}
