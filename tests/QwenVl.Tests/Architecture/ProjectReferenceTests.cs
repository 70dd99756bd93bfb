using System.Xml.Linq;
using QwenVl.Tests.Infrastructure;

namespace QwenVl.Tests.Architecture;

/// <summary>The table of ARCHITECTURE.md as data: which project may know which.</summary>
public sealed class ProjectReferenceTests
{
    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["QwenVl.Protos"] = [],
        ["QwenVl.Model"] = [],
        ["QwenVl.OnnxRuntime"] = ["QwenVl.Model"],
        ["QwenVl.TensorRt"] = [],
        ["QwenVl.TensorRt.Inference"] = ["QwenVl.Model", "QwenVl.TensorRt"],
        ["QwenVl.Engines"] = ["QwenVl.Model", "QwenVl.TensorRt"],
        ["QwenVl.Pictures"] = ["QwenVl.Model"],
        ["QwenVl.Engines.Tool"] = ["QwenVl.Model", "QwenVl.Engines", "QwenVl.OnnxRuntime", "QwenVl.TensorRt.Inference", "QwenVl.Pictures", "QwenVl.Client"],
        ["QwenVl.Runtime"] = ["QwenVl.Model", "QwenVl.Engines", "QwenVl.OnnxRuntime", "QwenVl.TensorRt.Inference"],
        ["QwenVl.Server"] = ["QwenVl.Protos", "QwenVl.Runtime"],
        ["QwenVl.Client"] = ["QwenVl.Protos", "QwenVl.Model", "QwenVl.OnnxRuntime"],
        ["QwenVl.Client.Native"] = ["QwenVl.Client"],
        // The command line starts the server as a process: it builds it, and links nothing of it.
        ["QwenVl.Cli"] = ["QwenVl.Client", "QwenVl.Engines", "QwenVl.Server"],
        ["QwenVl.Benchmarks.Gpu"] = ["QwenVl.Model", "QwenVl.TensorRt", "QwenVl.TensorRt.Inference"],
        ["QwenVl.Benchmarks.Device"] = ["QwenVl.Model", "QwenVl.Engines", "QwenVl.Client"],
        // It starts servers and finds device engines as the command line does.
        ["QwenVl.Benchmarks.Load"] = ["QwenVl.Client", "QwenVl.Cli", "QwenVl.Engines", "QwenVl.Engines.Tool", "QwenVl.OnnxRuntime"],
        ["QwenVl.Benchmarks"] = ["QwenVl.Model", "QwenVl.Client", "QwenVl.Runtime", "QwenVl.Engines", "QwenVl.OnnxRuntime"],
    };

    public static TheoryData<string> Projects => [.. Allowed.Keys];

    [Theory]
    [MemberData(nameof(Projects))]
    public void A_project_references_only_what_the_design_allows(string project)
    {
        string file = Assert.Single(Directory.GetFiles(RepositoryFolder.Root, $"{project}.csproj", SearchOption.AllDirectories));
        IEnumerable<string> references = XDocument.Load(file).Descendants("ProjectReference")
            .Select(reference => Path.GetFileNameWithoutExtension(reference.Attribute("Include")!.Value.Replace('\\', '/')));

        Assert.Subset(Allowed[project].ToHashSet(), references.ToHashSet());
    }

    [Fact]
    public void Every_project_has_a_row()
    {
        IEnumerable<string> projects = Directory.GetFiles(RepositoryFolder.Root, "*.csproj", SearchOption.AllDirectories)
            // The samples are apps of their own, for platforms that this solution has not.
            .Where(path => !path.Contains("/samples/", StringComparison.Ordinal))
            .Select(path => Path.GetFileNameWithoutExtension(path))
            .Where(name => name != "QwenVl.Tests");

        Assert.Equal(Allowed.Keys.Order(), projects.Order());
    }

    [Fact]
    public void The_command_line_links_nothing_of_the_server()
    {
        XElement reference = XDocument.Load(RepositoryFolder.File("client-mobile", "QwenVl.Cli", "QwenVl.Cli.csproj"))
            .Descendants("ProjectReference")
            .Single(element => element.Attribute("Include")!.Value.Contains("QwenVl.Server", StringComparison.Ordinal));

        string? links = reference.Attribute("ReferenceOutputAssembly")?.Value ?? reference.Element("ReferenceOutputAssembly")?.Value;
        Assert.Equal("false", links);
    }
}
