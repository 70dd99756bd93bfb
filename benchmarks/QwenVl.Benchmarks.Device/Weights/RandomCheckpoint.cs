using System.Buffers.Binary;
using System.Text;
using System.Text.Json.Nodes;
using QwenVl.Model.Checkpoints;
using QwenVl.Model.Configuration;

namespace QwenVl.Benchmarks.Device.Weights;

/// <summary>A checkpoint of random bfloat16 numbers, as Hugging Face keeps one.</summary>
internal static class RandomCheckpoint
{
    private const int BlockNumbers = (16 << 20) + 4099;
    private const double Deviation = 0.02;
    private static readonly string[] CopiedFiles = ["tokenizer.json", "generation_config.json"];

    /// <param name="template">The folder of a checkpoint whose tokenizer and special tokens are used.</param>
    /// <param name="folder">Where it is written; made when needed.</param>
    public static void Write(string template, string folder)
    {
        Directory.CreateDirectory(folder);
        var config = (JsonObject)JsonNode.Parse(File.ReadAllText(Path.Combine(template, "config.json")))!;
        File.WriteAllText(Path.Combine(folder, "config.json"), ModelShape.Config(config).ToJsonString());
        foreach (string file in CopiedFiles.Where(file => File.Exists(Path.Combine(template, file)))) File.Copy(Path.Combine(template, file), Path.Combine(folder, file), overwrite: true);

        (string Name, long Bytes)[] tensors = [.. ExpectedTensors.Of(ModelConfigReader.Read(folder)).Select(tensor => (tensor.Name, 2 * tensor.Shape.Aggregate((left, right) => left * right)))];
        var shapes = ExpectedTensors.Of(ModelConfigReader.Read(folder)).ToDictionary(tensor => tensor.Name, tensor => tensor.Shape);
        var header = new JsonObject();
        long at = 0;
        foreach ((string name, long bytes) in tensors)
        {
            header[name] = new JsonObject { ["dtype"] = "BF16", ["shape"] = new JsonArray([.. shapes[name].Select(size => (JsonNode)size)]), ["data_offsets"] = new JsonArray(at, at + bytes) };
            at += bytes;
        }

        byte[] text = Encoding.UTF8.GetBytes(header.ToJsonString()), length = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, text.Length);
        using FileStream stream = File.Create(Path.Combine(folder, "model.safetensors"));
        stream.Write(length);
        stream.Write(text);
        RandomBlock weights = Weights(), ones = Ones();
        foreach ((string name, long bytes) in tensors) (IsNorm(name) ? ones : weights).CopyTo(stream, bytes);
    }

    private static bool IsNorm(string name) => name.Contains("norm", StringComparison.Ordinal) && name.EndsWith("weight", StringComparison.Ordinal);

    private static RandomBlock Weights()
    {
        var random = new Random(1);
        var bytes = new byte[2 * BlockNumbers];
        for (int i = 0; i < bytes.Length; i += 2)
        {
            double normal = Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
            Put(bytes.AsSpan(i), (float)(Deviation * normal));
        }

        return new RandomBlock(bytes);
    }

    private static RandomBlock Ones()
    {
        var bytes = new byte[2];
        Put(bytes, 1);
        return new RandomBlock(bytes);
    }

    private static void Put(Span<byte> target, float number) => BinaryPrimitives.WriteUInt16LittleEndian(target, (ushort)(BitConverter.SingleToUInt32Bits(number) >> 16));
}
