using System.Text.Json.Nodes;
using QwenVl.Engines.Tool.Display;
using QwenVl.Engines.Tool.Verification.Parity;
using QwenVl.Tests.Infrastructure;

namespace QwenVl.Tests.Tool.Verification.Parity;

public sealed class ParityReportTests
{
    [Fact]
    public async Task A_report_says_of_every_difference_whether_it_passes_also_where_it_is_no_number()
    {
        using var folder = new TemporaryFolder();
        var score = new ParityScore("features alone");
        score.Add("a.png", [1, 2], [1, 2]);
        score.Add("b.png", [1, 2], [1, float.NaN]);
        Measurement[] found = [.. score.All()];

        ReportFile.Write(folder.File("report.json"), Report(found), ParityJson.Readable.ParityReport);

        JsonNode report = JsonNode.Parse(await File.ReadAllTextAsync(folder.File("report.json"), TestContext.Current.CancellationToken))!;
        Assert.Equal("NVIDIA H100", (string?)report["gpu"]);
        JsonNode cosine = report["differences"]![0]!;
        Assert.Equal(("features alone, cosine", "b.png, worst of 2", "Infinity"), ((string?)cosine["what"], (string?)cosine["of"], (string?)cosine["value"]));
        Assert.False((bool?)cosine["passes"]);
        Assert.Null(report["differences"]![2]!["limit"]);
        Assert.Equal([folder.File("report.json")], Directory.GetFiles(folder.Path));
    }

    private static ParityReport Report(IReadOnlyList<Measurement> found) =>
        new("model", "ONNX Runtime 1", "float", "TensorRT 10.6.0", "plans", "BFloat16", "NVIDIA H100", "sm90", "13.0", "pictures", 2, 32, 1.5, false, found);
}
