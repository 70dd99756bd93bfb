using System.Text;

namespace QwenVl.Benchmarks.Load.Reports;

/// <summary>A table in Markdown: the first column is text, the others are numbers.</summary>
internal static class MarkdownTable
{
    /// <summary>Writes a table, and nothing where it has no rows.</summary>
    public static void Write(StringBuilder text, IReadOnlyList<string> header, IEnumerable<IReadOnlyList<string>> rows)
    {
        IReadOnlyList<string>[] all = [.. rows];
        if (all.Length == 0) return;
        Row(text, header);
        Row(text, [.. header.Select((_, column) => column == 0 ? "---" : "--:")]);
        foreach (IReadOnlyList<string> row in all) Row(text, row);
        text.Append('\n');
    }

    private static void Row(StringBuilder text, IReadOnlyList<string> cells) =>
        text.Append("| ").AppendJoin(" | ", cells.Select(cell => cell.Replace("|", "\\|", StringComparison.Ordinal))).Append(" |\n");
}
