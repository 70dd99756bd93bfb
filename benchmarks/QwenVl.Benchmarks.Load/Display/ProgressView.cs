using QwenVl.Benchmarks.Load.Driving;
using QwenVl.Benchmarks.Load.Reports;
using Spectre.Console;

namespace QwenVl.Benchmarks.Load.Display;

/// <summary>Shows how a run goes: a table that changes, or a line a second where the output is no terminal.</summary>
internal static class ProgressView
{
    private const int LineEverySeconds = 5;

    /// <summary>Runs something and shows its progress.</summary>
    public static async Task<T> ShowAsync<T>(IAnsiConsole console, Func<IProgress<RunProgress>, Task<T>> run)
    {
        if (!console.Profile.Capabilities.Interactive) return await run(new Lines(Console.Out));
        Table table = new Table().Border(TableBorder.Rounded).HideHeaders().AddColumns("", "");
        return await console.Live(table).StartAsync(context => run(new Live(table, context)));
    }

    private static IEnumerable<(string Name, string Value)> Facts(RunProgress progress)
    {
        yield return ("second", progress.Elapsed < TimeSpan.Zero ? $"{progress.Elapsed.TotalSeconds:0} (warm-up)" : $"{progress.Elapsed.TotalSeconds:0} of {progress.Scenario.Duration.TotalSeconds:0}");
        yield return ("due", $"{progress.Counts.Due}/s (stated {Numbers.Show(progress.TargetRate)})");
        yield return ("answered", $"{progress.Counts.Answered}/s, {progress.Counts.Good} good");
        yield return ("p50, p99", $"{Numbers.Show(progress.Counts.AnswerP50Ms)}, {Numbers.Show(progress.Counts.AnswerP99Ms)} ms");
        yield return ("refused, failed, not sent", $"{progress.Counts.Refused}, {progress.Counts.Failed}, {progress.Counts.Shed}");
        yield return ("under way", $"{progress.Counts.InFlight}");
        if (progress.Server is { } server)
        {
            yield return ("pictures a run", Numbers.Show(server.MeanBatchSize));
            yield return ("waiting in the server", Numbers.Show(server.QueueLength));
            yield return ("cores, memory", $"{Numbers.Show(server.CpuCores)}, {Numbers.Mib(server.WorkingSetBytes)}");
        }

        if (progress.ViolationCount > 0) yield return ("WRONG ANSWERS", $"{progress.ViolationCount}");
    }

    private sealed class Live(Table table, LiveDisplayContext context) : IProgress<RunProgress>
    {
        public void Report(RunProgress value)
        {
            table.Rows.Clear();
            table.Title(value.Scenario.Name);
            foreach ((string name, string text) in Facts(value)) table.AddRow(new Text(name), new Text(text));
            context.Refresh();
        }
    }

    private sealed class Lines(TextWriter output) : IProgress<RunProgress>
    {
        public void Report(RunProgress value)
        {
            if ((int)value.Elapsed.TotalSeconds % LineEverySeconds != 0) return;
            output.WriteLine(string.Join("; ", Facts(value).Select(fact => $"{fact.Name} {fact.Value}")));
        }
    }
}
