using QwenVl.Client.Routing;
using QwenVl.Tests.Infrastructure;

namespace QwenVl.Tests.Client.Routing;

public sealed class DocumentedExamplesTests
{
    [Fact]
    public void The_examples_of_the_routing_page_are_what_the_policy_says()
    {
        RoutingFacts good = SampleFacts.Of(SampleFacts.WiFi);
        (string When, RoutingFacts Facts)[] examples =
        [
            ("Wi-Fi, 200/50 Mbit/s, 10 ms", good),
            ("the same, a device of 10 tokens/s", good with { Device = SampleFacts.Phone with { DecodeTokensPerSecond = 10 } }),
            ("the same, 3 s of queue", good with { Server = SampleFacts.Server with { Wait = TimeSpan.FromSeconds(3), FeatureWait = TimeSpan.FromSeconds(0.2) } }),
            ("the same, metered", good with { Hints = new DeviceHints { IsMetered = true } }),
            ("the same, battery low", good with { Hints = new DeviceHints { IsBatteryLow = true } }),
            ("4G, 20/8 Mbit/s, 60 ms", SampleFacts.Of(SampleFacts.Mobile)),
            ("bad, 1/0.5 Mbit/s, 200 ms", SampleFacts.Of(SampleFacts.Bad)),
        ];
        string[] rows = [.. examples.Select(example => $"| {example.When} | {FastestRoute.Default.Decide(example.Facts).Explanation} |")];

        string page = File.ReadAllText(RepositoryFolder.File("docs", "routing.md"));

        Assert.All(rows, row => Assert.True(page.Contains(row, StringComparison.Ordinal), $"The page lacks {row}"));
    }
}
