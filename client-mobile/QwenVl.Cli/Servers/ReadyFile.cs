using System.Text.Json;

namespace QwenVl.Cli.Servers;

/// <summary>What a server writes once it is ready: its ports and its process id.</summary>
internal static class ReadyFile
{
    /// <summary>The gRPC port; null while the file is missing or being written.</summary>
    public static int? ReadGrpcPort(string path)
    {
        try
        {
            using FileStream stream = File.OpenRead(path);
            using JsonDocument document = JsonDocument.Parse(stream);
            return document.RootElement.GetProperty("grpc").GetInt32();
        }
        catch (Exception error) when (error is IOException or JsonException or KeyNotFoundException)
        {
            return null;
        }
    }
}
