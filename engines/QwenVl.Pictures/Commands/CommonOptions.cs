using System.CommandLine;

namespace QwenVl.Pictures.Commands;

internal static class CommonOptions
{
    public static Option<string> Fonts() => new("--fonts")
    {
        Description = "Folder that fonts.sh filled.",
        DefaultValueFactory = _ => Path.Combine("artifacts", "fonts"),
    };
}
