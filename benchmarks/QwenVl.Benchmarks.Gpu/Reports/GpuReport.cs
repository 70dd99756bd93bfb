using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Serialization;
using QwenVl.TensorRt.Inference;

namespace QwenVl.Benchmarks.Gpu.Reports;

/// <summary>What was checked and measured, on what.</summary>
internal sealed record GpuReport(string Date, string Gpu, string Driver, string TensorRt, string Runtime, string System, List<CheckResult> Results)
{
    public bool Passed => Results.All(result => result.Passed != false);

    public static GpuReport On(TensorRtDevice device) => new(
        TimeProvider.System.GetUtcNow().ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture),
        string.Create(CultureInfo.InvariantCulture, $"{device.Context.Device.Name}, {device.Architecture}, {device.Context.Device.TotalMemoryBytes / (1 << 20)} MiB"),
        $"CUDA {device.Driver.Version}",
        device.Library.Version.ToString(),
        RuntimeInformation.FrameworkDescription,
        RuntimeInformation.OSDescription,
        []);

    /// <summary>Runs a check; what it throws is its failure.</summary>
    public void Check(string name, Func<string> check)
    {
        try
        {
            Add(new CheckResult(name, true, check()));
        }
        catch (Exception error)
        {
            Add(new CheckResult(name, false, $"{error.GetType().Name}: {error.Message.ReplaceLineEndings(" ")}"));
        }
    }

    public void Measured(string name, string detail) => Add(new CheckResult(name, null, detail));

    /// <summary>Writes the report where it was asked for.</summary>
    /// <returns>The exit code.</returns>
    public int Finish(string? path)
    {
        Console.WriteLine($"{Gpu}; {Driver}; {TensorRt}; {Runtime}; {System}; {Date}");
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{Results.Count(result => result.Passed == true)} hold, {Results.Count(result => result.Passed == false)} do not"));
        if (path is not null) File.WriteAllBytes(path, JsonSerializer.SerializeToUtf8Bytes(this, GpuReportJson.Default.GpuReport));
        return Passed ? 0 : 1;
    }

    private void Add(CheckResult result)
    {
        Results.Add(result);
        string mark = result.Passed switch { true => "ok  ", false => "FAIL", null => "    " };
        Console.WriteLine($"{mark} {result.Name}: {result.Detail}");
    }
}

/// <summary>Serialises reports without reflection.</summary>
[JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(GpuReport))]
internal sealed partial class GpuReportJson : JsonSerializerContext;
