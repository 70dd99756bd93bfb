namespace QwenVl.Benchmarks.Load.Reports;

/// <summary>A font for the plots: the drawing library brings none and does not look for the system's.</summary>
internal static class PlotFonts
{
    private const string Family = "QwenVl plots";
    private static readonly string[] Files = ["DejaVuSans.ttf", "LiberationSans-Regular.ttf", "OpenSans-Regular.ttf", "NotoSans-Regular.ttf", "Arial.ttf", "arial.ttf"];

    private static readonly Lazy<bool> Used = new(Use);

    /// <summary>Takes the first font there is into use; without one, plots have no text.</summary>
    /// <returns>Whether there was one.</returns>
    public static bool Ensure() => Used.Value;

    private static bool Use()
    {
        if (Find() is not { } file) return false;
        ScottPlot.Fonts.AddFontFile(Family, file, bold: false, italic: false);
        ScottPlot.Fonts.AddFontFile(Family, file, bold: true, italic: false);
        ScottPlot.Fonts.Default = Family;
        return true;
    }

    private static string? Find()
    {
        IEnumerable<string> folders = Above().Select(folder => Path.Combine(folder, "artifacts", "fonts"))
            .Append("/usr/share/fonts").Append("/usr/local/share/fonts").Append("/Library/Fonts").Append("/System/Library/Fonts").Append(Environment.GetFolderPath(Environment.SpecialFolder.Fonts))
            .Where(Directory.Exists);
        var options = new EnumerationOptions { RecurseSubdirectories = true, IgnoreInaccessible = true };
        return folders.SelectMany(folder => Files.SelectMany(file => Directory.EnumerateFiles(folder, file, options))).FirstOrDefault();
    }

    private static IEnumerable<string> Above()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent) yield return folder.FullName;
    }
}
