using System.CommandLine;
using QwenVl.Benchmarks.Load.Commands;
using QwenVl.Cli.Commands;

namespace QwenVl.Tests.Load.Commands;

public sealed class TargetOptionsTests
{
    [Theory]
    [InlineData("http://127.0.0.1:8001", true)]
    [InlineData("127.0.0.1:8001", false)]
    [InlineData("ftp://host", false)]
    public void Addresses_are_http(string text, bool isOne)
    {
        Option<Uri?> option = AddressOption.Create("--server", "");
        ParseResult result = new RootCommand { option }.Parse(["--server", text]);

        Assert.Equal(isOne, result.Errors.Count == 0);
        if (isOne) Assert.Equal(new Uri(text), result.GetValue(option));
    }

    [Theory]
    [InlineData("", new string[0])]
    [InlineData("--max-batch-size 8  --threads 2", new[] { "--max-batch-size", "8", "--threads", "2" })]
    [InlineData("--model-path \"/a folder/model\" --use-trt", new[] { "--model-path", "/a folder/model", "--use-trt" })]
    public void Server_arguments_are_split_as_a_shell_does(string arguments, string[] expected)
    {
        Assert.Equal(expected, TargetOptions.Split(arguments));
    }
}
