using System.Text.Json;
using QwenVl.Model.Vision;
using SkiaSharp;

namespace QwenVl.Tests.Golden;

/// <summary>What transformers computed with a small random checkpoint; see the README beside it.</summary>
internal static class GoldenFolder
{
    private static readonly Lazy<GoldenCase[]> LazyCases = new(() =>
        JsonSerializer.Deserialize<GoldenCase[]>(File.ReadAllText(File_("cases.json")), Options)!);

    private static JsonSerializerOptions Options { get; } = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    public static string? Path { get; } = Find();

    public static string Checkpoint => File_("checkpoint");

    public static IReadOnlyList<GoldenCase> Cases => LazyCases.Value;

    /// <summary>Skips the test, saying why, where the folder is missing.</summary>
    public static void Require() => Assert.SkipWhen(Path is null, "The golden vectors are not here: put them in ../shared/golden or name their parent in QWENVL_SHARED.");

    public static string File_(string name)
    {
        Require();
        return System.IO.Path.Combine(Path!, name);
    }

    public static float[] Floats(string name)
    {
        byte[] bytes = File.ReadAllBytes(File_(name));
        var values = new float[bytes.Length / sizeof(float)];
        Buffer.BlockCopy(bytes, 0, values, 0, bytes.Length);
        return values;
    }

    public static T Json<T>(string name) => JsonSerializer.Deserialize<T>(File.ReadAllText(File_(name)), Options)!;

    public static RgbImage Picture(string name)
    {
        using SKBitmap decoded = SKBitmap.Decode(File_(name)) ?? throw new InvalidDataException(name);
        using SKBitmap bitmap = decoded.Copy(SKColorType.Rgba8888);
        ReadOnlySpan<byte> source = bitmap.GetPixelSpan();
        var pixels = new byte[bitmap.Width * bitmap.Height * 3];
        for (int i = 0; i < bitmap.Width * bitmap.Height; i++) source.Slice(i * 4, 3).CopyTo(pixels.AsSpan(i * 3));
        return new RgbImage(bitmap.Width, bitmap.Height, pixels);
    }

    /// <summary>The picture as transformers resized it, in patches.</summary>
    public static ImagePatches ResizedPatches(string image, long maxPixels)
    {
        RgbImage resized = Picture(System.IO.Path.ChangeExtension(image, $".cap{maxPixels}.png"));
        var grid = new ImageGrid(resized.Height / ImageGrid.PatchSize, resized.Width / ImageGrid.PatchSize);
        var patches = new byte[grid.Patches * ImageGrid.PatchLength];
        PatchLayout.Write(resized.Pixels, grid, patches);
        return new ImagePatches(grid, patches);
    }

    private static string? Find()
    {
        string shared = Environment.GetEnvironmentVariable("QWENVL_SHARED") ?? System.IO.Path.Combine(Infrastructure.RepositoryFolder.Root, "..", "shared");
        string golden = System.IO.Path.GetFullPath(System.IO.Path.Combine(shared, "golden"));
        return Directory.Exists(golden) ? golden : null;
    }
}
