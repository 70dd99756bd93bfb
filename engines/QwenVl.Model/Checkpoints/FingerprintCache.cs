using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace QwenVl.Model.Checkpoints;

/// <summary>
/// Remembers fingerprints, one small file a checkpoint folder, so that gigabytes are not read again at every start. Valid
/// while each file keeps its path, length and time of change. A cache that cannot be read or written is no error.
/// </summary>
internal sealed class FingerprintCache(string folder)
{
    private const string Version = "1";

    /// <summary>The user's cache; null where the user has no folder for it.</summary>
    public static FingerprintCache? Default { get; } = CreateDefault();

    public static string Stamp(Checkpoint checkpoint)
    {
        var text = new StringBuilder("fingerprint " + Version + "\n");
        string[] paths = [Path.Combine(checkpoint.Directory, "config.json"), checkpoint.TokenizerPath, .. checkpoint.Tensors.Values.Select(tensor => tensor.FilePath).Distinct().Order(StringComparer.Ordinal)];
        foreach (string path in paths)
        {
            // A cache of downloads links to the bytes: the link's own length and time say nothing.
            var file = new FileInfo(path);
            FileSystemInfo target = file.ResolveLinkTarget(returnFinalTarget: true) ?? file;
            text.Append(CultureInfo.InvariantCulture, $"{target.FullName} {new FileInfo(target.FullName).Length} {target.LastWriteTimeUtc.Ticks}\n");
        }

        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())));
    }

    public CheckpointFingerprint? Find(Checkpoint checkpoint)
    {
        try
        {
            string path = PathOf(checkpoint);
            if (!File.Exists(path)) return null;
            using JsonDocument json = JsonDocument.Parse(File.ReadAllBytes(path));
            JsonElement root = json.RootElement;
            if (root.GetProperty("stamp").GetString() != Stamp(checkpoint)) return null;
            return new CheckpointFingerprint(root.GetProperty("model").GetString()!, root.GetProperty("tokenizer").GetString()!);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return null;
        }
    }

    public void Store(Checkpoint checkpoint, string stamp, CheckpointFingerprint fingerprint)
    {
        try
        {
            Directory.CreateDirectory(folder);
            string path = PathOf(checkpoint), partial = $"{path}.{Guid.NewGuid():N}.tmp";
            using (FileStream stream = File.Create(partial))
            using (var writer = new Utf8JsonWriter(stream))
            {
                writer.WriteStartObject();
                writer.WriteString("stamp", stamp);
                writer.WriteString("model", fingerprint.Model);
                writer.WriteString("tokenizer", fingerprint.Tokenizer);
                writer.WriteEndObject();
            }

            File.Move(partial, path, overwrite: true);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // The next start hashes again.
        }
    }

    private static FingerprintCache? CreateDefault()
    {
        string root = Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify);
        return root.Length == 0 ? null : new FingerprintCache(Path.Combine(root, "qwenvl", "fingerprints"));
    }

    private string PathOf(Checkpoint checkpoint) =>
        Path.Combine(folder, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(checkpoint.Directory))) + ".json");
}
