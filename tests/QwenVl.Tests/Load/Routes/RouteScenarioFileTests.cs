using QwenVl.Benchmarks.Load.Routes;
using QwenVl.Benchmarks.Load.Scenarios;
using QwenVl.Client.Answers;
using QwenVl.Model.Features;
using QwenVl.Tests.Infrastructure;

namespace QwenVl.Tests.Load.Routes;

public sealed class RouteScenarioFileTests
{
    public static TheoryData<string> Committed => [.. Directory.GetFiles(RepositoryFolder.File("benchmarks", "scenarios", "routes"), "*.json").Select(path => Path.GetFileName(path))];

    [Theory]
    [MemberData(nameof(Committed))]
    public async Task Every_committed_scenario_is_valid_and_named_as_its_file(string file)
    {
        string path = RepositoryFolder.File("benchmarks", "scenarios", "routes", file);
        RouteScenario scenario = RouteScenarioFile.Parse(await File.ReadAllTextAsync(path), path);

        Assert.Equal(Path.GetFileNameWithoutExtension(file), scenario.Name);
        Assert.NotEmpty(scenario.Description);
    }

    [Fact]
    public void A_way_is_a_route_and_an_encoding()
    {
        RouteScenario scenario = RouteScenarioFile.Parse("""{ "routes": [{ "route": "cloud_features", "features": "int4_group" }, { "name": "mine", "route": "hybrid" }], "loads": [{}], "resolution": "pixels1024" }""", "x.json");

        Assert.Equal([new RouteChoice("cloud_features", Route.CloudFeatures, FeatureEncoding.Int4Group), new RouteChoice("mine", Route.Hybrid, GenerateOptions.Default.FeatureEncoding)], scenario.Routes);
        Assert.Equal(PictureResolution.Pixels1024, scenario.Resolution);
    }

    [Fact]
    public void All_mistakes_are_told_at_once()
    {
        IReadOnlyList<string> mistakes = Assert.Throws<ScenarioException>(() => RouteScenarioFile.Parse("""{ "questions": 0, "routes": [{ "route": "by_pigeon" }] }""", "x.json")).Mistakes;

        Assert.Contains(mistakes, mistake => mistake.Contains("questions is 0", StringComparison.Ordinal));
        Assert.Contains(mistakes, mistake => mistake.Contains("by_pigeon", StringComparison.Ordinal));
        Assert.Contains(mistakes, mistake => mistake.Contains("loads has none", StringComparison.Ordinal));
    }
}
