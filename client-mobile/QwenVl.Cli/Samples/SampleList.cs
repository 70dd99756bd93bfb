using System.Text.Json;

namespace QwenVl.Cli.Samples;

/// <summary>Reads <c>samples.json</c>: a list of {"file", "prompt"}.</summary>
internal static class SampleList
{
    /// <exception cref="CliException">The list is missing, empty or not one.</exception>
    public static IReadOnlyList<Sample> Read(string folder)
    {
        string path = Path.Combine(folder, "samples.json");
        if (!File.Exists(path)) throw new CliException($"{path}: missing; --samples takes a folder with samples.json and its pictures.");
        try
        {
            using FileStream stream = File.OpenRead(path);
            using JsonDocument document = JsonDocument.Parse(stream);
            Sample[] samples = [.. document.RootElement.EnumerateArray().Select(entry => new Sample(
                Path.Combine(folder, entry.GetProperty("file").GetString()!), entry.GetProperty("prompt").GetString()!))];
            return samples.Length > 0 ? samples : throw new CliException($"{path}: holds no question.");
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException or InvalidOperationException or ArgumentNullException)
        {
            throw new CliException($"{path}: not a list of {{\"file\", \"prompt\"}} ({error.Message})");
        }
    }
}
