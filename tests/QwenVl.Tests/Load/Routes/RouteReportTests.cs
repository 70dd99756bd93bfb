using QwenVl.Benchmarks.Load.Reports;
using QwenVl.Benchmarks.Load.Routes;

namespace QwenVl.Tests.Load.Routes;

public sealed class RouteReportTests
{
    private const string Text = """
        { "name": "few", "routes": [{ "name": "cloud", "route": "cloud_only" }, { "name": "device", "route": "device_only" }], "loads": [{ "name": "idle" }],
          "networks": [{ "name": "bad", "up_kbps": 500, "down_kbps": 1000, "round_trip_ms": 200 }], "real_sizes": [{ "name": "2B" }] }
        """;

    [Fact]
    public void A_question_without_an_answer_counts_as_wrong_and_its_time_not_at_all()
    {
        RouteSummary summary = Assert.Single(RouteSummary.Of([Answer("cloud", 100), Answer("cloud", 900) with { Failure = "TIMEOUT", IsRight = false }]));

        Assert.Equal((1, 1, 0.5, (double?)100), (summary.Answers, summary.Failures, summary.RightShare, summary.TotalMs));
    }

    [Fact]
    public void The_page_compares_each_route_with_the_best()
    {
        RouteScenario scenario = RouteScenarioFile.Parse(Text, "few.json");
        RouteAnswer[] answers = [Answer("cloud", 300), Answer("device", 200)];
        RouteEstimate[] estimates = [.. scenario.Routes.Select(route => RouteEstimate.Of(scenario.RealSizes[0], scenario.Networks[0], route)!)];
        var document = new RouteDocument(new RunEnvironment("today", "processor", 2, 1, "system", "runtime", "server", "f", null, "command"), scenario, RouteSummary.Of(answers), [], [new Transfer("bad", 512, "JPEG up", 2048, 40)], estimates, answers);

        string page = RouteReport.Write(document);

        Assert.Contains("| cloud | 150 | 300 | 300 | 1.50 x | 300 | 100.0 % |", page, StringComparison.Ordinal);
        Assert.Contains("| device | 100 | 200 | 200 | 1.00 x |", page, StringComparison.Ordinal);
        Assert.Contains("| 512: JPEG up | 2 | 40 |", page, StringComparison.Ordinal);
        Assert.Contains("Int8Row 8,200", page, StringComparison.Ordinal);
    }

    private static RouteAnswer Answer(string route, double total) => new("idle", "bad", route, "a.jpg", "translate", null, true, total / 2, total, 10, 20, 1, 3, null, null, null);
}
