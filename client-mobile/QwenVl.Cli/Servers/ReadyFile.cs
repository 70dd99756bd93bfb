using System.Text.Json;

namespace QwenVl.Cli.Servers;

/// <summary>What a server writes once it is ready: its ports and its process id.</summary>
internal static class ReadyFile
{
    /// <summary>The ports; null while the file is missing or being written.</summary>
    public static ServerPorts? Read(string path)
    {
        try
        {
            using FileStream stream = File.OpenRead(path);
            using JsonDocument document = JsonDocument.Parse(stream);
            return new ServerPorts(document.RootElement.GetProperty("grpc").GetInt32(), document.RootElement.GetProperty("metrics").GetInt32());
        }
        catch (Exception error) when (error is IOException or JsonException or KeyNotFoundException)
        {
            return null;
        }
    }
}
