using QwenVl.Benchmarks.Load.Commands;

namespace QwenVl.Tests.Load.Commands;

public sealed class TargetOptionsTests
{
    [Theory]
    [InlineData("", new string[0])]
    [InlineData("--max-batch-size 8  --threads 2", new[] { "--max-batch-size", "8", "--threads", "2" })]
    [InlineData("--model-path \"/a folder/model\" --use-trt", new[] { "--model-path", "/a folder/model", "--use-trt" })]
    public void Server_arguments_are_split_as_a_shell_does(string arguments, string[] expected)
    {
        Assert.Equal(expected, TargetOptions.Split(arguments));
    }
}
