using QwenVl.Engines.Tool.Display;
using QwenVl.Model.Manifest;
using Spectre.Console;

namespace QwenVl.Engines.Tool.Building;

/// <summary>The files of an engine, and those of the checkpoint that it reads.</summary>
internal static class EngineTable
{
    public static Table Create(EngineDirectory engine)
    {
        Table table = Tables.Create("file", "bytes");
        table.Columns[1].RightAligned();
        FileInfo[] files = [.. new DirectoryInfo(engine.Path).EnumerateFiles().OrderBy(file => file.Name, StringComparer.Ordinal)];
        foreach (FileInfo file in files) Add(file.Name, file.Length);
        Add("in all", files.Sum(file => file.Length));
        foreach (ExternalFile file in engine.Manifest.ExternalFiles) Add($"read where it is: {file.Path}", file.Length);
        return table;

        void Add(string name, long bytes) => table.AddRow(new Text(name), new Text(Quantities.Bytes(bytes)));
    }
}
