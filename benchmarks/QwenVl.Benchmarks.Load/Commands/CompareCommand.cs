using System.CommandLine;
using System.Globalization;
using System.Text;
using QwenVl.Benchmarks.Load.Comparison;
using QwenVl.Benchmarks.Load.Reports;

namespace QwenVl.Benchmarks.Load.Commands;

/// <summary><c>compare RUN_A RUN_B</c>: what changed.</summary>
internal static class CompareCommand
{
    private static readonly Argument<string> First = new("RUN_A") { Description = "The folder of a run." };
    private static readonly Argument<string> Second = new("RUN_B") { Description = "The folder of another one." };
    private static readonly Option<double?> FailAbove = new("--fail-above") { Description = "End with exit code 1 if anything got worse by more than so many percent, and by more than chance explains." };

    /// <summary>The command with its options.</summary>
    public static Command Create()
    {
        var command = new Command("compare", "Shows the ratios of two runs, and which of them chance alone explains.") { First, Second, FailAbove };
        command.SetAction((arguments, cancellation) => CommandRunner.RunAsync(_ => Task.FromResult(Run(arguments)), cancellation));
        return command;
    }

    private static bool Run(ParseResult arguments)
    {
        var (first, second) = (new RunFolder(arguments.GetRequiredValue(First)), new RunFolder(arguments.GetRequiredValue(Second)));
        (RunDocument a, RunDocument b) = (first.ReadDocument(), second.ReadDocument());
        IReadOnlyList<ComparedMetric> metrics = RunComparison.Compare(a, first.ReadRows(), b, second.ReadRows());
        Console.WriteLine(Page(a, b, metrics));
        if (arguments.GetValue(FailAbove) is not { } percent) return true;
        ComparedMetric[] worse = [.. metrics.Where(metric => metric.Worse > percent / 100 && metric.IsNoise == false)];
        foreach (ComparedMetric metric in worse) Console.WriteLine($"{metric.Name} is worse by {Numbers.Percent(metric.Worse)}, over {Numbers.Show(percent)} %.");
        if (!b.IsRight) Console.WriteLine("The second run has wrong answers.");
        return worse.Length == 0 && b.IsRight;
    }

    /// <summary>The comparison as Markdown.</summary>
    internal static string Page(RunDocument first, RunDocument second, IReadOnlyList<ComparedMetric> metrics)
    {
        var text = new StringBuilder();
        if (first.ScenarioText != second.ScenarioText) text.Append("> The runs are of different scenarios.\n\n");
        if ((first.Environment.Processor, first.Environment.Cores) != (second.Environment.Processor, second.Environment.Cores)) text.Append("> The runs are of different machines.\n\n");
        MarkdownTable.Write(
            text,
            [$"{first.Scenario} → {second.Scenario}", "A", "B", "B / A", "95 % of chance", "verdict"],
            metrics.Select(metric => (IReadOnlyList<string>)
            [
                metric.Name, Numbers.Show(metric.First), Numbers.Show(metric.Second), Numbers.Show(metric.Ratio),
                metric.Low is { } low ? $"{Numbers.Show(low)} to {Numbers.Show(metric.High)}" : "–", Verdict(metric),
            ]));
        text.Append(CultureInfo.InvariantCulture, $"A: {first.Environment.Date}, commit {first.Environment.Commit ?? "unknown"}; B: {second.Environment.Date}, commit {second.Environment.Commit ?? "unknown"}.\n");
        return text.ToString();
    }

    private static string Verdict(ComparedMetric metric) => metric.IsNoise switch
    {
        true => "noise",
        null => "one value each",
        false => metric.Worse > 0 ? "worse" : "better",
    };
}
