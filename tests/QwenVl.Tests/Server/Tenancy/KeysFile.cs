using System.Security.Cryptography;
using System.Text;
using Grpc.Core;
using QwenVl.Tests.Infrastructure;

namespace QwenVl.Tests.Server.Tenancy;

/// <summary>Files of keys, and calls that carry one.</summary>
internal static class KeysFile
{
    public static string Write(TemporaryFolder folder, params (string Tenant, string Key)[] keys)
    {
        string path = folder.File("keys");
        File.WriteAllLines(path, ["# who may come in", "", .. keys.Select(key => $"{key.Tenant}  {Digest(key.Key)}")]);
        return path;
    }

    public static string Digest(string key) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)));

    public static CallOptions Bearer(string key) => new(new Metadata { { "authorization", $"Bearer {key}" } });
}
