using QwenVl.Engines.Tool.Display;
using QwenVl.Model.Checkpoints;
using Spectre.Console;

namespace QwenVl.Engines.Tool.Checkpoints;

/// <summary>How many parameters each part of a checkpoint has, and in which number formats.</summary>
internal static class PartTable
{
    // In the order of computing; the longest prefix that fits decides.
    private static readonly (string Prefix, string Part)[] Parts =
    [
        ("model.visual.", "vision tower"),
        ("model.visual.deepstack_merger_list.", "DeepStack taps"),
        ("model.language_model.embed_tokens.", "embedding table"),
        ("model.language_model.", "decoder"),
        ("lm_head.", "output head"),
        ("", NotUsed),
    ];

    private const string NotUsed = "not used";

    public static Table Create(Checkpoint checkpoint)
    {
        Table table = Tables.Create("part", "tensors", "parameters", "bytes", "formats");
        foreach (TableColumn column in table.Columns.Skip(1).Take(3)) column.RightAligned();
        foreach (IGrouping<string, TensorEntry> part in checkpoint.Tensors.Values.GroupBy(tensor => PartOf(tensor, checkpoint)).OrderBy(part => Array.FindIndex(Parts, known => known.Part == part.Key)))
            Add(part.Key, [.. part]);
        Add("in all", [.. checkpoint.Tensors.Values]);
        return table;

        void Add(string name, TensorEntry[] tensors) => table.AddRow(
            new Text(name),
            new Text(Quantities.Count(tensors.Length)),
            new Text(Quantities.Count(tensors.Sum(tensor => tensor.Count))),
            new Text(Quantities.Bytes(tensors.Sum(tensor => tensor.Length))),
            new Text(string.Join(", ", tensors.Select(tensor => tensor.Type.SafetensorsName()).Distinct().Order(StringComparer.Ordinal))));
    }

    // A tied checkpoint may carry a head all the same; nothing reads it.
    private static string PartOf(TensorEntry tensor, Checkpoint checkpoint)
    {
        (string prefix, string part) = Parts.Where(known => tensor.Name.StartsWith(known.Prefix, StringComparison.Ordinal)).MaxBy(known => known.Prefix.Length);
        return prefix == "lm_head." && checkpoint.Config.TieWordEmbeddings ? NotUsed : part;
    }
}
