using QwenVl.TensorRt;
using QwenVl.TensorRt.Execution;
using QwenVl.Tests.Infrastructure;

namespace QwenVl.Tests.TensorRt;

[Collection(NativeLibraryTests.Name)]
public sealed class ReadmeTests
{
    [Theory]
    [InlineData("build", "run")]
    [InlineData("run", "end")]
    public void An_example_of_the_page_is_code_that_compiles(string name, string next)
    {
        string page = File.ReadAllText(RepositoryFolder.File("engines", "QwenVl.TensorRt", "README.md"));
        string[] source = File.ReadAllLines(RepositoryFolder.File("tests", "QwenVl.Tests", "TensorRt", "ReadmeExample.cs"));
        IEnumerable<string> example = source
            .SkipWhile(line => line.Trim() != $"// example: {name}").Skip(1)
            .TakeWhile(line => line.Trim() != $"// example: {next}")
            .Select(line => line.Length > 4 ? line[4..] : "");

        Assert.Contains(string.Join('\n', example).Trim(), page, StringComparison.Ordinal);
    }

    [Fact]
    public void The_example_builds_a_plan()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder.File("linear.onnx"), SmallModels.Linear());

        ReadmeExample.Build(NvidiaLibraries.Rtx, folder.File("linear.onnx"), folder.File("linear.plan"));

        Assert.Equal(NvidiaLibraries.Rtx.Version, PlanHeader.Read(File.ReadAllBytes(folder.File("linear.plan")))!.Value.Version);
    }

    [Fact]
    public void The_example_fails_properly_where_there_is_no_gpu()
    {
        Assert.SkipWhen(File.Exists("/proc/driver/nvidia/version"), "This machine has a GPU driver; the test is about machines without.");
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder.File("linear.onnx"), SmallModels.Linear());
        ReadmeExample.Build(NvidiaLibraries.Rtx, folder.File("linear.onnx"), folder.File("linear.plan"));

        Assert.Throws<TensorRtException>(() => ReadmeExample.Run(NvidiaLibraries.Rtx, folder.File("linear.plan"), 0x1000, 0x2000, 0x3000));
    }
}
