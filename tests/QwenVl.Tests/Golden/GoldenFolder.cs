using QwenVl.Model.Vision;

namespace QwenVl.Tests.Golden;

/// <summary>What transformers computed with a small random checkpoint; see the README beside it.</summary>
internal static class GoldenFolder
{
    private static readonly Lazy<GoldenSet> LazySet = new(() => GoldenSet.Open(Path!));

    public static string? Path { get; } = Find();

    public static string Checkpoint => File_("checkpoint");

    public static GoldenSet Set
    {
        get
        {
            Require();
            return LazySet.Value;
        }
    }

    public static IReadOnlyList<GoldenCase> Cases => Set.Cases;

    /// <summary>Skips the test, saying why, where the folder is missing.</summary>
    public static void Require() => Assert.SkipWhen(Path is null, "The golden vectors are not here: put them in ../shared/golden or name their parent in QWENVL_SHARED.");

    public static string File_(string name)
    {
        Require();
        return System.IO.Path.Combine(Path!, name);
    }

    public static float[] Floats(GoldenTensor tensor) => Set.Floats(tensor);

    /// <summary>A case as a decoder takes it, with the features that transformers computed.</summary>
    public static GoldenPrompt Prompt(GoldenCase golden) => new(golden, ModelConfigs.Golden.ImageTokenId, GoldenPrompt.RecordedFeatures(Set, golden));

    /// <summary>The picture as transformers resized it, in patches.</summary>
    public static ImagePatches ResizedPatches(string image, long maxPixels) => Set.ResizedPatches(image, maxPixels);

    private static string? Find()
    {
        string shared = Environment.GetEnvironmentVariable("QWENVL_SHARED") ?? System.IO.Path.Combine(Infrastructure.RepositoryFolder.Root, "..", "shared");
        string golden = System.IO.Path.GetFullPath(System.IO.Path.Combine(shared, "golden"));
        return Directory.Exists(golden) ? golden : null;
    }
}
