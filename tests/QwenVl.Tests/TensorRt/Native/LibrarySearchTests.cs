using QwenVl.TensorRt;
using QwenVl.TensorRt.Native;
using QwenVl.Tests.Infrastructure;

namespace QwenVl.Tests.TensorRt.Native;

public sealed class LibrarySearchTests : IDisposable
{
    private readonly TemporaryFolder _machine = new();
    private readonly Dictionary<string, string> _variables = [];

    public void Dispose() => _machine.Dispose();

    [Fact]
    public void An_empty_machine_leaves_the_loader() =>
        Assert.Equal(["libnvinfer.so.11", "libnvinfer.so.10", "libtensorrt_rtx.so.1"], Search());

    [Fact]
    public void The_loaders_path_goes_before_packages_and_those_before_system_folders()
    {
        string system = Put("usr/lib/x86_64-linux-gnu", "libnvinfer.so.10");
        string wheel = Put("venv/lib/python3.12/site-packages/tensorrt_libs", "libnvinfer.so.10");
        string loader = Put("own", "libnvinfer.so.10");
        _variables["VIRTUAL_ENV"] = _machine.File("venv");
        _variables["LD_LIBRARY_PATH"] = $"{_machine.File("nowhere")}:{_machine.File("own")}";

        Assert.Equal([loader, "libnvinfer.so.11", "libnvinfer.so.10", "libtensorrt_rtx.so.1", wheel, system], Search());
    }

    [Theory]
    [InlineData("tensorrt_libs", "libnvinfer.so.10")]
    [InlineData("tensorrt_cu13_libs", "libnvinfer.so.11")]
    [InlineData("tensorrt_rtx", "libtensorrt_rtx.so.1")]
    [InlineData("tensorrt_rtx/lib", "libtensorrt_rtx.so.1")]
    [InlineData("nvidia/tensorrt/lib", "libnvinfer.so.11")]
    public void Wheels_of_every_name_are_found_for_the_user_the_environment_and_the_system(string package, string file)
    {
        _variables["HOME"] = _machine.File("home");
        _variables["CONDA_PREFIX"] = _machine.File("conda");
        string[] put =
        [
            Put($"conda/lib/python3.11/site-packages/{package}", file),
            Put($"home/.local/lib/python3.10/site-packages/{package}", file),
            Put($"usr/lib/python3/dist-packages/{package}", file),
        ];

        Assert.Equal(put.Where(path => !path.Contains("python3/", StringComparison.Ordinal)), Search().Where(path => path.Contains("python3.", StringComparison.Ordinal)));
        Assert.Contains(put[^1], Search());
    }

    [Fact]
    public void Archives_are_found_the_newest_version_first()
    {
        string older = Put("opt/tensorrt-10.6/lib", "libnvinfer.so.10");
        string newer = Put("opt/tensorrt-11.2/lib", "libnvinfer.so.11");
        string local = Put("usr/local/TensorRT-10.15/lib", "libnvinfer.so.10");

        Assert.Equal([newer, local, older], Search().Where(Path.IsPathRooted));
    }

    [Fact]
    public void A_product_that_is_asked_for_is_the_only_one()
    {
        Put("usr/lib64", "libnvinfer.so.10");
        string rtx = Put("usr/lib64", "libtensorrt_rtx.so.1");

        Assert.Equal(["libtensorrt_rtx.so.1", rtx], Search(new TensorRtOptions { Product = TensorRtProduct.TensorRtRtx }));
    }

    [Fact]
    public void A_folder_that_is_given_is_the_only_one()
    {
        Put("usr/lib64", "libnvinfer.so.10");
        string given = _machine.File("given");

        Assert.All(Search(new TensorRtOptions { Location = given }), path => Assert.StartsWith(given, path, StringComparison.Ordinal));
    }

    [Fact]
    public void A_file_that_is_given_is_the_only_one()
    {
        string file = Put("given", "renamed.so");

        Assert.Equal([file], Search(new TensorRtOptions { Location = file }));
    }

    [Fact]
    public void A_search_without_success_lists_what_was_tried_and_why()
    {
        string broken = Put("usr/lib64", "libnvinfer.so.10");

        TensorRtNotFoundException error = Assert.Throws<TensorRtNotFoundException>(() => LibraryLoader.LoadInference(new TensorRtOptions { Location = broken }, System()));

        Assert.Contains(broken, error.Message, StringComparison.Ordinal);
        Assert.Contains("the given file", Assert.Single(error.Tried), StringComparison.Ordinal);
    }

    [Fact]
    public void A_library_of_something_else_is_no_TensorRT()
    {
        TensorRtNotFoundException error = Assert.Throws<TensorRtNotFoundException>(() => TensorRtLibrary.Load(new TensorRtOptions { Location = OtherLibrary() }));

        Assert.Contains("getInferLibVersion", error.Message, StringComparison.Ordinal);
    }

    private static string OtherLibrary()
    {
        string? library = Directory.EnumerateFiles(Path.GetDirectoryName(typeof(object).Assembly.Location)!, "libSystem.Native.so").FirstOrDefault();
        Assert.SkipWhen(library is null, "The runtime's own native library has another name here.");
        return library!;
    }

    private SearchSystem System() => new(_variables.GetValueOrDefault, _machine.Path);

    private string[] Search(TensorRtOptions? options = null) => [.. LibrarySearch.Candidates(options ?? new TensorRtOptions(), System()).Select(candidate => candidate.Path)];

    private string Put(string folder, string file)
    {
        string path = _machine.File(folder.Split('/'));
        Directory.CreateDirectory(path);
        path = Path.Combine(path, file);
        File.WriteAllBytes(path, [1, 2, 3]);
        return path;
    }
}
