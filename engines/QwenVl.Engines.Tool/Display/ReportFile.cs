using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace QwenVl.Engines.Tool.Display;

/// <summary>Writes a report as JSON, whole or not at all.</summary>
internal static class ReportFile
{
    /// <summary>Refuses a path that nothing can be written to, before hours of work are lost.</summary>
    /// <param name="path">Where something is to be written; null where nothing is.</param>
    /// <param name="option">What said so.</param>
    /// <exception cref="ToolException">Its folder does not exist.</exception>
    public static void RequireFolder(string? path, string option = "--json")
    {
        if (path is not null && !Directory.Exists(Path.GetDirectoryName(Path.GetFullPath(path))))
            throw new ToolException($"{Path.GetFullPath(path)}: {option} needs a folder that exists.");
    }

    /// <summary>Writes the file, or replaces it.</summary>
    public static void Write<T>(string path, T report, JsonTypeInfo<T> type)
    {
        string partial = $"{path}.{Guid.NewGuid():N}.partial";
        try
        {
            File.WriteAllBytes(partial, JsonSerializer.SerializeToUtf8Bytes(report, type));
            File.Move(partial, path, overwrite: true);
        }
        catch
        {
            File.Delete(partial);
            throw;
        }
    }
}
