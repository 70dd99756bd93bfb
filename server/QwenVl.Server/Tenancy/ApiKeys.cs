using System.Security.Cryptography;
using System.Text;
using QwenVl.Runtime.Tenancy;

namespace QwenVl.Server.Tenancy;

/// <summary>
/// Whose keys are accepted. The file has a line for each key, <c>tenant-name sha256-of-key</c> in hexadecimal; a tenant
/// may have several, blank lines and those that begin with # are passed over. Keys themselves are nowhere.
/// </summary>
internal sealed class ApiKeys
{
    private const int MaxNameLength = 64;
    private readonly List<(byte[] Sha256, Tenant Tenant)> _keys = [];

    private ApiKeys()
    {
    }

    /// <summary>Tenants with at least one key.</summary>
    public IEnumerable<Tenant> Tenants => _keys.Select(key => key.Tenant).Distinct();

    /// <summary>Reads a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="mistakes">Receives what is wrong, one line each; then the keys are not to be used.</param>
    public static ApiKeys Read(string path, ICollection<string> mistakes)
    {
        var keys = new ApiKeys();
        string[] lines;
        try
        {
            lines = File.ReadAllLines(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            mistakes.Add($"--api-keys-file cannot be read: {error.Message}");
            return keys;
        }

        int before = mistakes.Count;
        for (int i = 0; i < lines.Length; i++)
            if (keys.Add(lines[i].Trim()) is { } mistake) mistakes.Add($"--api-keys-file, line {i + 1} of {path}: {mistake}.");
        if (keys._keys.Count == 0 && mistakes.Count == before) mistakes.Add($"--api-keys-file: {path} holds no key, so that nobody could use the server; write lines of 'tenant-name sha256-of-key'.");
        return keys;
    }

    /// <summary>Whose key this is; null where it is nobody's. Takes as long for one key as for another.</summary>
    public Tenant? Find(string key)
    {
        byte[] digest = SHA256.HashData(Encoding.UTF8.GetBytes(key));
        Tenant? found = null;
        foreach ((byte[] sha256, Tenant tenant) in _keys)
            if (CryptographicOperations.FixedTimeEquals(sha256, digest)) found = tenant;
        return found;
    }

    /// <returns>What is wrong with the line; null where nothing is.</returns>
    private string? Add(string line)
    {
        if (line.Length == 0 || line[0] == '#') return null;
        string[] parts = line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        if (parts.Length != 2) return $"it has {parts.Length} words, where 'tenant-name sha256-of-key' are two";
        string name = parts[0];
        if (name.Length > MaxNameLength || !name.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_' or '.'))
            return $"a tenant's name has up to {MaxNameLength} letters, digits, '-', '_' and '.'";
        if (parts[1].Length != SHA256.HashSizeInBytes * 2 || !parts[1].All(char.IsAsciiHexDigit))
            return $"the second word is no SHA-256 of {SHA256.HashSizeInBytes * 2} hexadecimal digits; write what 'printf %s KEY | sha256sum' prints";
        byte[] digest = Convert.FromHexString(parts[1]);
        if (_keys.Any(key => key.Sha256.SequenceEqual(digest))) return "the same key stands on a line before";
        _keys.Add((digest, new Tenant(name)));
        return null;
    }
}
