using Spectre.Console;

namespace QwenVl.Engines.Tool.Display;

/// <summary>How this program's tables look.</summary>
internal static class Tables
{
    /// <summary>A table with a line under its header; names are plain text.</summary>
    public static Table Create(params string[] columns)
    {
        var table = new Table { Border = TableBorder.Simple };
        foreach (string column in columns) table.AddColumn(new TableColumn(new Text(column)));
        return table;
    }
}
