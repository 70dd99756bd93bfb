using System.CommandLine;
using QwenVl.Benchmarks.Load.Reports;

namespace QwenVl.Benchmarks.Load.Commands;

/// <summary><c>report RUN</c>: the page and the plots again.</summary>
internal static class ReportCommand
{
    private static readonly Argument<string> Run = new("RUN") { Description = "The folder of a run." };

    /// <summary>The command with its options.</summary>
    public static Command Create()
    {
        var command = new Command("report", "Writes report.md and the plots of a run again.") { Run };
        command.SetAction((arguments, cancellation) => CommandRunner.RunAsync(
            _ =>
            {
                Console.WriteLine(ReportWriter.Write(new RunFolder(arguments.GetRequiredValue(Run))));
                return Task.FromResult(true);
            },
            cancellation));
        return command;
    }
}
