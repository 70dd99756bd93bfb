using System.Text.RegularExpressions;
using QwenVl.Client;
using QwenVl.Client.Images;
using QwenVl.Tests.Infrastructure;

namespace QwenVl.Tests.Client.Native;

/// <summary>What docs/mobile.md shows is code that was compiled and run.</summary>
public sealed partial class MobilePageTests(DeviceFixture device) : IClassFixture<DeviceFixture>
{
    private static readonly string Page = File.ReadAllText(RepositoryFolder.File("docs", "mobile.md"));

    [Theory]
    [InlineData("first", "private")]
    [InlineData("private", "errors")]
    [InlineData("errors", "end")]
    public void An_example_in_C_sharp_is_code_that_compiles(string name, string next)
    {
        IEnumerable<string> example = File.ReadAllLines(RepositoryFolder.File("tests", "QwenVl.Tests", "Client", "Native", "MobileExample.cs"))
            .SkipWhile(line => line.Trim() != $"// example: {name}").Skip(1)
            .TakeWhile(line => line.Trim() != $"// example: {next}")
            .Select(line => line.Length > 4 ? line[4..] : "");

        Assert.Contains(string.Join('\n', example).Trim(), Page, StringComparison.Ordinal);
    }

    [Fact]
    public void The_example_in_C_is_the_program_that_is_compiled() =>
        Assert.Contains(File.ReadAllText(RepositoryFolder.File("client-mobile", "QwenVl.Client.Native", "tests", "example.c")).Trim(), Page, StringComparison.Ordinal);

    [Fact]
    public void Every_error_code_is_in_the_table() =>
        Assert.Equal(Enum.GetNames<QwenVlErrorCode>().Order(), ErrorRow().Matches(Page[Page.IndexOf("## 8. Errors", StringComparison.Ordinal)..]).Select(row => row.Groups[1].Value).Order());

    [Fact]
    public async Task The_examples_in_C_sharp_answer()
    {
        byte[] photo = await File.ReadAllBytesAsync(DeviceFixture.Picture);
        using var screen = new StringWriter();
        await MobileExample.AskAsync(device.Server.GrpcAddress.ToString(), device.Engines, photo, screen);
        string alone = await MobileExample.AskPrivatelyAsync(device.Engines, photo, DeviceFixture.Prompt, CancellationToken.None);
        await using var client = new QwenVlClient(new QwenVlClientOptions { ServerAddress = device.Server.GrpcAddress, DeviceEnginePath = device.Engines });

        Assert.Contains("tokens by the server", screen.ToString(), StringComparison.Ordinal);
        Assert.NotEmpty(alone);
        // It is not connected, so the device answers.
        Assert.StartsWith(alone[..10], await MobileExample.TryAsync(client, ClientImage.FromBytes(photo), DeviceFixture.Prompt), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_example_in_C_answers()
    {
        string output = await NativePrograms.RunAsync("example", device.Engines, DeviceFixture.Picture, DeviceFixture.Prompt, device.Server.GrpcAddress.ToString());

        Assert.Contains("tokens by the server", output, StringComparison.Ordinal);
    }

    [GeneratedRegex(@"^\| `(\w+)` \|", RegexOptions.Multiline)]
    private static partial Regex ErrorRow();
}
