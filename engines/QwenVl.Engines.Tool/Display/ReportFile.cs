using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace QwenVl.Engines.Tool.Display;

/// <summary>Writes a report as JSON, whole or not at all.</summary>
internal static class ReportFile
{
    /// <summary>Refuses a path that nothing can be written to, before hours of work are lost.</summary>
    /// <exception cref="ToolException">Its folder does not exist.</exception>
    public static void RequireFolder(string? path)
    {
        if (path is not null && !Directory.Exists(Path.GetDirectoryName(Path.GetFullPath(path))))
            throw new ToolException($"{Path.GetFullPath(path)}: --json needs a folder that exists.");
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
