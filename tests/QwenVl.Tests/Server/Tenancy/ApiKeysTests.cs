using QwenVl.Runtime.Tenancy;
using QwenVl.Server.Tenancy;
using QwenVl.Tests.Infrastructure;

namespace QwenVl.Tests.Server.Tenancy;

public sealed class ApiKeysTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public void A_key_belongs_to_the_tenant_of_its_line()
    {
        List<string> mistakes = [];
        ApiKeys keys = ApiKeys.Read(KeysFile.Write(_folder, ("a", "1"), ("a", "2"), ("b", "3")), mistakes);

        Assert.Empty(mistakes);
        Assert.Equal(["a", "a", "b", null], new[] { "1", "2", "3", "4" }.Select(key => keys.Find(key)?.Name));
        Assert.Equal([new Tenant("a"), new Tenant("b")], keys.Tenants);
        Assert.Null(keys.Find(""));
        Assert.Null(keys.Find(KeysFile.Digest("1")));
    }

    [Fact]
    public void All_mistakes_are_told_with_their_lines()
    {
        string path = _folder.File("keys");
        File.WriteAllLines(path, ["alone", "a b c", "näme " + KeysFile.Digest("1"), "a 1234", "a " + new string('g', 64), "a " + KeysFile.Digest("2"), "b " + KeysFile.Digest("2")]);
        List<string> mistakes = [];
        ApiKeys.Read(path, mistakes);

        Assert.Equal([1, 2, 3, 4, 5, 7], mistakes.Select(mistake => int.Parse(mistake.Split("line ")[1].Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture)));
    }

    [Fact]
    public void A_file_that_is_missing_or_holds_no_key_is_a_mistake()
    {
        string empty = _folder.File("keys");
        File.WriteAllLines(empty, ["# nobody"]);
        foreach (string path in (string[])[empty, _folder.File("none")])
        {
            List<string> mistakes = [];
            ApiKeys.Read(path, mistakes);
            Assert.StartsWith("--api-keys-file", Assert.Single(mistakes), StringComparison.Ordinal);
        }
    }

    public void Dispose() => _folder.Dispose();
}
