using System.Globalization;
using System.Text;
using System.Text.Json;
using QwenVl.Benchmarks.Load.Measuring;
using QwenVl.Benchmarks.Load.Server;

namespace QwenVl.Benchmarks.Load.Reports;

/// <summary>A run as a page to read.</summary>
internal static class MarkdownReport
{
    private const double MostLagShare = 0.1;
    private const double MostGeneratorShare = 0.25;

    /// <summary>Writes the page.</summary>
    /// <param name="run">The run.</param>
    /// <param name="plots">Pictures beside the page: a title and a file name each.</param>
    public static string Write(RunDocument run, IReadOnlyList<(string Title, string File)> plots)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"# {run.Scenario}\n\n");
        if (run.Description.Length > 0) text.Append(run.Description).Append("\n\n");
        foreach (string warning in Warnings(run)) text.Append("> ").Append(warning).Append("\n\n");
        Requests(text, run);
        Latencies(text, run);
        MarkdownTable.Write(
            text,
            ["without an answer", "count", "p50 ms", "p99 ms", "max ms"],
            run.Reasons.Select(reason => (IReadOnlyList<string>)[$"{Name(reason.Kind)}: {reason.Reason}", Numbers.Show(reason.Latency.Count), Numbers.Show(reason.Latency.P50), Numbers.Show(reason.Latency.P99), Numbers.Show(reason.Latency.Max)]));
        Groups(text, "step of the rate", run.Steps);
        Groups(text, "network", run.Networks);
        Answers(text, run);
        if (run.Server is { } server) Server(text, run, server);
        MarkdownTable.Write(
            text,
            ["bare backend, pictures a run", "pictures/s", "ms a run"],
            run.Bare.Select(rate => (IReadOnlyList<string>)[Numbers.Show(rate.BatchSize), Numbers.Show(rate.PicturesPerSecond), Numbers.Show(rate.RunMs)]));
        foreach ((string title, string file) in plots) text.Append(CultureInfo.InvariantCulture, $"![{title}]({file})\n\n");
        RunEnvironment at = run.Environment;
        text.Append(CultureInfo.InvariantCulture, $"{at.Date}; {at.Processor}, {at.Cores} cores, {at.MemoryMib} MiB; {at.System}; {at.Runtime}; {at.Server}, checkpoint {Short(at.ServerCheckpoint)}; commit {at.Commit ?? "unknown"}; `{at.Command}`\n");
        return text.ToString();
    }

    /// <summary>What a reader must know before the numbers.</summary>
    internal static IEnumerable<string> Warnings(RunDocument run)
    {
        if (run.Violations.Count > 0) yield return $"**Wrong answers**: {string.Join(", ", run.Violations.Select(violation => $"{Name(violation.Key)} {violation.Value}"))}.";
        if (run.Figures.Strays > 0) yield return $"**{run.Figures.Strays} messages about nothing that was asked.**";
        if (run.Remains is { Count: > 0 } remains) yield return $"**The server still holds** {string.Join(", ", remains.Select(metric => $"{metric.Key} {Numbers.Show(metric.Value)}"))} after all clients had gone.";
        if (run.Counts.Shed > 0) yield return $"{run.Counts.Shed} requests were never sent, since max_in_flight, the streams or the devices had no room: the server got less than the scenario states.";
        if (run.Latencies.TryGetValue(LatencyKind.Lag, out LatencySummary? lag) && run.Latencies.TryGetValue(LatencyKind.Answer, out LatencySummary? answer) && lag.P99 > MostLagShare * answer.P50)
            yield return $"The load itself came late: {Numbers.Show(lag.P99)} ms at the 99th percentile. Its times hold that; run it on another machine than the server.";
        if (run.Figures.GeneratorCores > MostGeneratorShare * run.Environment.Cores)
            yield return $"The load itself took {Numbers.Show(run.Figures.GeneratorCores)} of {run.Environment.Cores} cores.";
    }

    private static void Requests(StringBuilder text, RunDocument run)
    {
        (RunCounts counts, RunFigures figures) = (run.Counts, run.Figures);
        MarkdownTable.Write(text, [$"requests, {Numbers.Show(run.DurationSeconds)} s", "count", "a second"], (IReadOnlyList<string>[])
        [
            ["due", Numbers.Show(counts.Due), Numbers.Show(figures.DuePerSecond)],
            ["answers that ended", Numbers.Show(counts.Completed), Numbers.Show(figures.CompletedPerSecond)],
            ["goodput: right and within the service level", Numbers.Show(counts.Good), Numbers.Show(figures.GoodPerSecond)],
            .. Counted(run, ("refused by the server", counts.Refused), ("refused, with a time to try again", counts.RefusedWithRetry), ("failed", counts.Failed), ("without an answer in time", counts.TimedOut), ("ended by the client as planned", counts.EndedAsPlanned), ("not sent", counts.Shed)),
        ]);
    }

    private static IEnumerable<IReadOnlyList<string>> Counted(RunDocument run, params (string Name, long Count)[] counts) =>
        counts.Where(count => count.Count > 0).Select(count => (IReadOnlyList<string>)[count.Name, Numbers.Show(count.Count), Numbers.Show(count.Count / run.DurationSeconds)]);

    private static void Latencies(StringBuilder text, RunDocument run) => MarkdownTable.Write(
        text,
        ["milliseconds since due", "count", "mean", "p50", "p90", "p95", "p99", "p99.9", "max"],
        run.Latencies.Select(pair => (IReadOnlyList<string>)
        [
            Title(pair.Key), Numbers.Show(pair.Value.Count), Numbers.Show(pair.Value.Mean), Numbers.Show(pair.Value.P50), Numbers.Show(pair.Value.P90), Numbers.Show(pair.Value.P95), Numbers.Show(pair.Value.P99), Numbers.Show(pair.Value.P999), Numbers.Show(pair.Value.Max),
        ]));

    private static void Groups(StringBuilder text, string title, IReadOnlyList<GroupSummary> groups) => MarkdownTable.Write(
        text,
        [title, "due/s", "goodput/s", "refused/s", "features p50 ms", "first token p50 ms", "answer p50 ms", "answer p99 ms", "refusal p50 ms"],
        groups.Select(group => (IReadOnlyList<string>)
        [
            group.Name, Numbers.Show(group.DuePerSecond), Numbers.Show(group.GoodPerSecond), Numbers.Show(group.RefusedPerSecond), Numbers.Show(group.FeaturesP50Ms), Numbers.Show(group.FirstTokenP50Ms), Numbers.Show(group.AnswerP50Ms), Numbers.Show(group.AnswerP99Ms), Numbers.Show(group.RefusalP50Ms),
        ]));

    private static void Answers(StringBuilder text, RunDocument run)
    {
        RunCounts counts = run.Counts;
        MarkdownTable.Write(text, ["answers", "value"], (IReadOnlyList<string>[])
        [
            ["missing tokens", Numbers.Show(counts.MissingTokens)],
            ["duplicate tokens", Numbers.Show(counts.DuplicateTokens)],
            ["tokens a second", Numbers.Show(run.Figures.TokensPerSecond)],
            ["features compared with those of the same pixels", Numbers.Show(run.Figures.FeaturesCompared)],
            ["pictures that needed no upload", Numbers.Show(counts.KnownPictures)],
            ["features out of the server's cache", Numbers.Show(counts.CachedFeatures)],
            ["encoder runs saved, of answered repeats", Numbers.Percent(run.Figures.SavedOfRepeats)],
            ["pictures sent", Numbers.Mib(counts.PictureBytes)],
            ["features received", Numbers.Mib(counts.FeatureBytes)],
        ]);
    }

    private static void Server(StringBuilder text, RunDocument run, ServerFacts server)
    {
        MarkdownTable.Write(text, ["server, from its metrics", "value"], (IReadOnlyList<string>[])
        [
            ["pictures encoded a second", Numbers.Show(run.Figures.EncodedPerSecond)],
            ["… of the bare backend's at its largest batch", Numbers.Percent(run.Figures.OfBare)],
            ["encoder runs", Numbers.Show(server.EncodeRuns)],
            ["pictures a run, mean", Numbers.Show(server.MeanBatchSize)],
            ["runs by pictures", string.Join(", ", server.BatchSizes.Select(bucket => $"{(bucket.UpTo is { } size ? Numbers.Show(size) : "more")}: {Numbers.Show(bucket.Runs)}"))],
            ["towers in use, share of the time", Numbers.Percent(server.EncodeUtilisation)],
            ["sequences a decoder step, mean", Numbers.Show(server.MeanStepBatchSize)],
            ["preparing a picture, mean ms", Numbers.Show(server.PreprocessMs)],
            ["waiting, mean ms", Numbers.Show(server.QueueMs)],
            ["cache hits", Numbers.Percent(server.CacheHitRatio)],
            ["processor cores in use", Numbers.Show(server.CpuCores)],
            ["memory at the end", Numbers.Mib(server.WorkingSetBytes)],
            ["memory's slope, MiB a minute", Numbers.Show(run.Figures.MemorySlopeMibPerMinute)],
            ["GPU memory at the end", Numbers.Mib(server.DeviceMemoryBytes)],
            ["cores that the load took", Numbers.Show(run.Figures.GeneratorCores)],
        ]);
    }

    /// <summary>What a kind of latency is called.</summary>
    internal static string Title(LatencyKind kind) => kind switch
    {
        LatencyKind.Upload => "upload (a span)",
        LatencyKind.FirstFeatures => "first feature chunk",
        LatencyKind.Features => "features complete",
        LatencyKind.FirstToken => "first token",
        LatencyKind.InterToken => "between tokens (a span)",
        LatencyKind.SeamStall => "stall at the seam (a span)",
        LatencyKind.Answer => "whole answer",
        LatencyKind.Refusal => "refusal",
        LatencyKind.ServerQueue => "queue, by the server (a span)",
        LatencyKind.Lag => "sent late by the load itself",
        _ => kind.ToString(),
    };

    private static string Name(Enum value) => JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString()).Replace('_', ' ');

    private static string Short(string fingerprint) => fingerprint.Length <= 12 ? fingerprint : fingerprint[..12];
}
