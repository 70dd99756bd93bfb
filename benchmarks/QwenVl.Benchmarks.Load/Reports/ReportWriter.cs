namespace QwenVl.Benchmarks.Load.Reports;

/// <summary>Writes the page and the plots of a run that has been saved.</summary>
internal static class ReportWriter
{
    private const string Page = "report.md";

    /// <summary>Writes them into the run's folder.</summary>
    /// <returns>The page's path.</returns>
    /// <exception cref="IOException">The folder holds no run, or cannot be written.</exception>
    public static string Write(RunFolder folder)
    {
        RunDocument run = folder.ReadDocument();
        File.WriteAllText(folder.At(Page), MarkdownReport.Write(run, RunPlots.Write(run, folder.ReadRows(), folder)));
        return folder.At(Page);
    }
}
