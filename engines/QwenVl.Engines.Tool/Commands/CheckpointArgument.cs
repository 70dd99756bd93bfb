using System.CommandLine;

namespace QwenVl.Engines.Tool.Commands;

/// <summary>The argument that all commands on a checkpoint share.</summary>
internal static class CheckpointArgument
{
    public static Argument<string> Create() => new("DIR") { Description = "Folder of a Qwen3-VL checkpoint as downloaded: config.json, tokenizer.json and safetensors files." };

    /// <returns>The folder, an absolute path.</returns>
    /// <exception cref="ToolException">There is no such folder.</exception>
    public static string Read(ParseResult arguments, Argument<string> argument)
    {
        string directory = Path.GetFullPath(arguments.GetRequiredValue(argument));
        return Directory.Exists(directory) ? directory : throw new ToolException($"{directory}: no such folder; name the folder of a downloaded checkpoint.");
    }
}
