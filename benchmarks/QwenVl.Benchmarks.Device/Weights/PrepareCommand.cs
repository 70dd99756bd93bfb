using System.CommandLine;
using QwenVl.Engines.Building;
using QwenVl.Engines.Quantization;
using QwenVl.Model.Checkpoints;
using QwenVl.Model.Configuration;
using QwenVl.Model.Manifest;

namespace QwenVl.Benchmarks.Device.Weights;

/// <summary><c>prepare DIR</c>: everything that the other commands need, about 12 GB.</summary>
internal static class PrepareCommand
{
    // Normalised keys of random weights hardly exceed this, and values neither.
    private const float LargestKeyOrValue = 5;

    private static readonly Argument<string> Target = new("DIR") { Description = "Folder to write to; what is there already is kept." };
    private static readonly Option<string> Template = new("--tokenizer-of") { Description = "A checkpoint whose tokenizer and special tokens are used.", DefaultValueFactory = _ => "engines/nano/device" };

    public static Command Create()
    {
        var command = new Command("prepare", "Writes a random checkpoint of the shape of Qwen3-VL-2B, its engines of 4 bits and a GGUF file of the same decoder.") { Target, Template };
        command.SetAction(Run);
        return command;
    }

    private static void Run(ParseResult arguments)
    {
        string root = Path.GetFullPath(arguments.GetRequiredValue(Target)), folder = Path.Combine(root, "checkpoint");
        if (!File.Exists(Path.Combine(folder, "model.safetensors"))) Step("checkpoint", () => RandomCheckpoint.Write(arguments.GetRequiredValue(Template), folder));
        ModelConfig config = ModelConfigReader.Read(folder);
        string gguf = Path.Combine(root, "q4_0.gguf");
        if (!File.Exists(gguf)) Step("q4_0.gguf", () => RandomGguf.Write(gguf, config.Text));
        float[] largest = new float[config.Text.KeyValueHeads * config.Text.HeadDim];
        Array.Fill(largest, LargestKeyOrValue);
        CacheScales scales = CacheScales.Covering([.. Enumerable.Repeat(largest, 2 * config.Text.Layers)]);
        Engine("b128", WeightFormat.Int4Block128, null);
        Engine("b128-kv8", WeightFormat.Int4Block128, scales);
        Engine("b32", WeightFormat.Int4Block32, null);

        void Engine(string name, WeightFormat format, CacheScales? cache)
        {
            string target = Path.Combine(root, name);
            if (Directory.Exists(target)) return;
            Step(name, () =>
            {
                using Checkpoint checkpoint = Checkpoint.Open(folder);
                CheckpointFingerprint fingerprint = CheckpointFingerprint.Compute(checkpoint);
                var options = new EngineBuildOptions { Dialect = EngineDialect.OnnxRuntime, VisionWeights = WeightFormat.Int8Dynamic, DecoderWeights = format, CacheScales = cache };
                EngineBuilder.Build(checkpoint, fingerprint, options, target);
            });
        }
    }

    private static void Step(string name, Action write)
    {
        long start = TimeProvider.System.GetTimestamp();
        write();
        Console.WriteLine($"{name}: {TimeProvider.System.GetElapsedTime(start).TotalSeconds:0.0} s");
    }
}
