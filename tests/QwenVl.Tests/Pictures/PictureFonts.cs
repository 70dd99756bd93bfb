using QwenVl.Pictures.Fonts;
using QwenVl.Tests.Infrastructure;

namespace QwenVl.Tests.Pictures;

/// <summary>The fonts that pictures are drawn with: artifacts/fonts, or the folder that QWENVL_FONTS names.</summary>
internal static class PictureFonts
{
    /// <summary>The folder, which may be missing.</summary>
    public static string Folder { get; } = Environment.GetEnvironmentVariable("QWENVL_FONTS") ?? RepositoryFolder.File("artifacts", "fonts");

    private static readonly Lazy<FontShelf> Shelf = new(() => FontShelf.Load(Folder));

    /// <summary>Skips the test where fonts.sh has not been run.</summary>
    public static FontShelf Required()
    {
        if (!Directory.Exists(Folder)) Assert.Skip($"No fonts in {Folder}: run engines/QwenVl.Pictures/fonts.sh (needs a Debian system).");
        return Shelf.Value;
    }
}
