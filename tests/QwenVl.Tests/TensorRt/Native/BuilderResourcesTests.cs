using QwenVl.TensorRt.Native;
using QwenVl.Tests.Infrastructure;

namespace QwenVl.Tests.TensorRt.Native;

public sealed class BuilderResourcesTests : IDisposable
{
    private readonly TemporaryFolder _machine = new();

    public void Dispose() => _machine.Dispose();

    [Theory]
    [InlineData("libnvinfer_builder_resource.so.10.6.0")]
    [InlineData("libnvinfer_builder_resource_sm90.so.11.2.0")]
    [InlineData("libnvinfer_builder_resource_ptx.so.10.15.1")]
    public void Resources_of_any_kind_are_found_beside_the_library(string file)
    {
        Put("lib", file);

        Assert.True(BuilderResources.Exist(Put("lib", "libnvinfer.so.10"), System()));
    }

    [Fact]
    public void Resources_beside_what_a_link_leads_to_are_found()
    {
        Put("real", "libnvinfer_builder_resource.so.10.6.0");
        string target = Put("real", "libnvinfer.so.10.6.0");
        string link = _machine.File("libnvinfer.so.10");
        File.CreateSymbolicLink(link, target);

        Assert.True(BuilderResources.Exist(link, System()));
    }

    [Fact]
    public void Resources_on_the_loaders_path_are_found()
    {
        Put("other", "libnvinfer_builder_resource.so.10.6.0");

        Assert.True(BuilderResources.Exist(Put("lib", "libnvinfer.so.10"), System(_machine.File("other"))));
    }

    [Fact]
    public void An_installation_for_running_has_none() => Assert.False(BuilderResources.Exist(Put("lib", "libnvinfer.so.10"), System()));

    private static SearchSystem System(string? loaderPath = null) => new(name => name == "LD_LIBRARY_PATH" ? loaderPath : null);

    private string Put(string folder, string file)
    {
        Directory.CreateDirectory(_machine.File(folder));
        File.WriteAllBytes(_machine.File(folder, file), []);
        return _machine.File(folder, file);
    }
}
