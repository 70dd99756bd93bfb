using QwenVl.Engines.Tool.Display;
using QwenVl.Model.Checkpoints;
using Spectre.Console;

namespace QwenVl.Engines.Tool.Checkpoints;

/// <summary>Which files hold a checkpoint's tensors.</summary>
internal static class FileTable
{
    public static Table Create(Checkpoint checkpoint)
    {
        Table table = Tables.Create("file", "tensors", "bytes");
        foreach (TableColumn column in table.Columns.Skip(1)) column.RightAligned();
        foreach (IGrouping<string, TensorEntry> file in checkpoint.Tensors.Values.GroupBy(tensor => tensor.FilePath).OrderBy(file => file.Key, StringComparer.Ordinal))
            table.AddRow(new Text(Path.GetFileName(file.Key)), new Text(Quantities.Count(file.Count())), new Text(Quantities.Bytes(new FileInfo(file.Key).Length)));
        return table;
    }
}
