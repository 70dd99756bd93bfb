using QwenVl.Engines.Tool.Display;
using QwenVl.Model.Configuration;
using Spectre.Console;

namespace QwenVl.Engines.Tool.Checkpoints;

/// <summary>What a configuration says.</summary>
internal static class ShapeTable
{
    public static Table Create(string directory, ModelConfig config)
    {
        TextConfig text = config.Text;
        VisionConfig vision = config.Vision;
        Table table = Tables.Create("checkpoint", directory);
        Add("architecture", "Qwen3-VL, dense (qwen3_vl)");
        Add("decoder", $"{text.Layers} layers of width {text.HiddenSize}, gated MLP of {text.IntermediateSize}");
        Add("attention", $"{text.Heads} query heads and {text.KeyValueHeads} key-value heads of {text.HeadDim}");
        Add("positions", $"up to {Quantities.Count(text.MaxPositions)}, rotary base {text.RopeTheta:0}, interleaved sections {string.Join(", ", text.MropeSection)}");
        Add("vocabulary", $"{Quantities.Count(text.VocabularySize)} rows, output head {(config.TieWordEmbeddings ? "tied to them" : "of its own")}");
        Add("vision tower", $"{vision.Depth} blocks of width {vision.HiddenSize}, {vision.Heads} heads of {vision.HeadDim}, MLP of {vision.IntermediateSize}");
        Add("pictures", $"patches of {vision.PatchSize} pixels, {vision.SpatialMergeSize * vision.SpatialMergeSize} a token, position table {vision.PositionTableSide} x {vision.PositionTableSide}");
        Add("DeepStack taps", vision.TapIndexes.Count == 0 ? "none" : $"after blocks {string.Join(", ", vision.TapIndexes)}");
        Add("an answer ends at", string.Join(", ", config.StopTokenIds));
        return table;

        void Add(string name, string value) => table.AddRow(new Text(name), new Text(value));
    }
}
