using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using QwenVl.Client;
using QwenVl.Client.Images;
using QwenVl.Model.Vision;

namespace QwenVl.Engines.Tool.Verification;

/// <summary>A folder of what the reference implementation computed with a checkpoint: texts, pictures, prompts and answers.</summary>
internal sealed class GoldenSet
{
    private const long MostPixels = 64_000_000;

    private GoldenSet(string path, GoldenCase[] cases, GoldenImage[] images) => (Path, Cases, Images) = (path, cases, images);

    /// <summary>The folder, an absolute path.</summary>
    public string Path { get; }

    public IReadOnlyList<GoldenCase> Cases { get; }

    public IReadOnlyList<GoldenImage> Images { get; }

    /// <exception cref="ToolException">The folder or one of its lists is missing or unreadable.</exception>
    public static GoldenSet Open(string folder)
    {
        folder = System.IO.Path.GetFullPath(folder);
        if (!Directory.Exists(folder)) throw new ToolException($"{folder}: no such folder; name one with cases.json, images.json and tokenizer.jsonl.");
        return new GoldenSet(
            folder,
            Read(System.IO.Path.Combine(folder, "cases.json"), GoldenJson.Default.GoldenCaseArray),
            Read(System.IO.Path.Combine(folder, "images.json"), GoldenJson.Default.GoldenImageArray));
    }

    /// <summary>The lines of <c>tokenizer.jsonl</c>.</summary>
    public IEnumerable<GoldenText> Texts()
    {
        string path = File("tokenizer.jsonl");
        foreach (string line in System.IO.File.ReadLines(path)) yield return Parse(path, line, GoldenJson.Default.GoldenText);
    }

    /// <summary>The path of a file of the folder, which exists.</summary>
    public string File(string name)
    {
        string path = System.IO.Path.Combine(Path, name);
        return System.IO.File.Exists(path) ? path : throw new ToolException($"{path}: missing; make or download the whole folder again.");
    }

    /// <summary>A tensor's numbers.</summary>
    public float[] Floats(GoldenTensor tensor)
    {
        string path = File(tensor.File);
        byte[] bytes = System.IO.File.ReadAllBytes(path);
        long expected = tensor.Shape.Aggregate((long)sizeof(float), (product, dimension) => product * dimension);
        if (bytes.Length != expected) throw new ToolException($"{path}: {bytes.Length} bytes where shape [{string.Join(", ", tensor.Shape)}] has {expected}.");
        return MemoryMarshal.Cast<byte, float>(bytes).ToArray();
    }

    /// <summary>A picture, decoded as a device does it.</summary>
    public RgbImage Picture(string name)
    {
        string path = File(name);
        try
        {
            return ImageDecoder.Decode(ClientImage.FromBytes(System.IO.File.ReadAllBytes(path)), MostPixels);
        }
        catch (QwenVlException problem)
        {
            throw new ToolException($"{path}: {problem.Message}", problem);
        }
    }

    /// <summary>A picture as the reference resized it, in patches.</summary>
    public ImagePatches ResizedPatches(string image, long maxPixels)
    {
        RgbImage resized = Picture(System.IO.Path.ChangeExtension(image, $".cap{maxPixels}.png"));
        var grid = new ImageGrid(resized.Height / ImageGrid.PatchSize, resized.Width / ImageGrid.PatchSize);
        var patches = new byte[grid.Patches * ImageGrid.PatchLength];
        PatchLayout.Write(resized.Pixels, grid, patches);
        return new ImagePatches(grid, patches);
    }

    private static T Read<T>(string path, JsonTypeInfo<T> type) =>
        System.IO.File.Exists(path) ? Parse(path, System.IO.File.ReadAllText(path), type) : throw new ToolException($"{path}: missing; this is no folder of recorded results.");

    private static T Parse<T>(string path, string json, JsonTypeInfo<T> type)
    {
        try
        {
            return JsonSerializer.Deserialize(json, type) ?? throw new ToolException($"{path}: holds nothing.");
        }
        catch (JsonException problem)
        {
            throw new ToolException($"{path}: not what is expected there ({problem.Message})", problem);
        }
    }
}
