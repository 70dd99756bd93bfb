using System.Text.Json;
using HdrHistogram;
using QwenVl.Benchmarks.Load.Driving;
using QwenVl.Benchmarks.Load.Measuring;

namespace QwenVl.Benchmarks.Load.Reports;

/// <summary>The folder of a run: run.json, requests.csv, a percentile file for each kind of latency, and its report.</summary>
/// <param name="path">The folder.</param>
internal sealed class RunFolder(string path)
{
    private const string Document = "run.json";
    private const string Requests = "requests.csv";
    private const int TicksPerHalf = 5;
    private const double MicrosecondsPerMillisecond = 1000;

    /// <summary>The folder.</summary>
    public string Path => path;

    /// <summary>Writes everything.</summary>
    public void Save(RunDocument document, RunResult result)
    {
        Directory.CreateDirectory(path);
        File.WriteAllBytes(At(Document), JsonSerializer.SerializeToUtf8Bytes(document, ReportJson.Options));
        File.WriteAllLines(At(Requests), result.Recorder.Rows.Select(row => row.ToLine()).Prepend(RequestRow.Header));
        foreach ((LatencyKind kind, LongHistogram histogram) in result.Recorder.Latencies.All)
        {
            using StreamWriter writer = File.CreateText(At($"{JsonNamingPolicy.SnakeCaseLower.ConvertName(kind.ToString())}.hgrm"));
            histogram.OutputPercentileDistribution(writer, TicksPerHalf, MicrosecondsPerMillisecond);
        }
    }

    /// <summary>Reads the results.</summary>
    /// <exception cref="IOException">The folder holds no run.</exception>
    public RunDocument ReadDocument()
    {
        try
        {
            return JsonSerializer.Deserialize<RunDocument>(File.ReadAllBytes(At(Document)), ReportJson.Options) ?? throw new IOException($"{At(Document)} is empty.");
        }
        catch (JsonException error)
        {
            throw new IOException($"{At(Document)} is no result of this program's: {error.Message}", error);
        }
    }

    /// <summary>Reads the rows of all measured requests.</summary>
    /// <exception cref="IOException">The folder holds no run.</exception>
    public IReadOnlyList<RequestRow> ReadRows()
    {
        try
        {
            return [.. File.ReadLines(At(Requests)).Skip(1).Select(RequestRow.Parse)];
        }
        catch (FormatException error)
        {
            throw new IOException($"{At(Requests)} is damaged: {error.Message}", error);
        }
    }

    /// <summary>A file of the folder.</summary>
    public string At(string name) => System.IO.Path.Combine(path, name);
}
