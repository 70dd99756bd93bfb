using System.Diagnostics.Metrics;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using QwenVl.Protos.V1;
using QwenVl.Runtime.Telemetry;
using QwenVl.Server.Telemetry;
using QwenVl.TensorRt.Cuda;
using QwenVl.TensorRt.Inference.Plans;
using QwenVl.Tests.Infrastructure;
using QwenVl.Tests.Runtime.Preprocessing;
using QwenVl.Tests.Server.Fakes;
using QwenVl.Tests.Server.Streaming;

namespace QwenVl.Tests.Server.Telemetry;

/// <summary>The dashboard and the alerts speak of metrics that the server has.</summary>
public sealed partial class MonitoringTests
{
    // What Prometheus itself says of a server.
    private const string ScrapeWorked = "up";

    // Nothing has happened yet that these count, or no GPU and no shared tier is there: they must be instruments all the same.
    private static readonly string[] NotOnEveryServer =
    [
        "qwenvl_batch_failures_total", "qwenvl_queue_dropped_total", "qwenvl_refusals_total",
        "qwenvl_feature_cache_evictions_total", "qwenvl_image_cache_evictions_total",
        "qwenvl_shared_tier_errors_total", "qwenvl_shared_tier_duration_seconds_bucket",
        "qwenvl_device_memory_bytes", "qwenvl_device_runs_total",
    ];

    [Fact]
    public async Task Every_metric_of_the_dashboard_and_the_alerts_is_exported()
    {
        await using RunningServer server = await RunningServer.StartAsync(flags: ["--image-cache-mb", "16"]);
        await AskAsync(server);
        string text = await server.Http.GetStringAsync(new Uri(server.MetricsAddress, "/metrics"));
        HashSet<string> exported = [.. text.Split('\n').Where(line => line.Length > 0 && line[0] != '#').Select(line => line.Split('{', ' ')[0])];
        Assert.All(Used(), name => Assert.True(exported.Contains(name) || name == ScrapeWorked || NotOnEveryServer.Contains(name), $"The server exports no metric {name}."));
    }

    [Fact]
    public void What_not_every_server_exports_is_an_instrument_and_used()
    {
        HashSet<string> instruments = Instruments();
        HashSet<string> used = [.. Used()];
        Assert.All(NotOnEveryServer, name => Assert.Contains(name, instruments));
        Assert.All(NotOnEveryServer, name => Assert.Contains(name, used));
    }

    [Theory]
    [InlineData("sum by (le) (rate(made_up_bucket{stage=\"queue\"}[5m])) > 2 and on (instance) other", new[] { "made_up_bucket", "other" })]
    [InlineData("a / (b + c{x!=\"y\"} or vector(0)) unless d offset 1h", new[] { "a", "b", "c", "d" })]
    public void All_names_of_an_expression_are_found(string expression, string[] names) => Assert.Equal(names, NamesOf(expression));

    private static async Task AskAsync(RunningServer server)
    {
        using TestStream stream = await TestStream.GreetAsync(server);
        await stream.UploadAsync(1, PictureFiles.Good);
        await stream.SendAsync(TestStream.Start(2, PictureFiles.Good));
        Assert.True((await stream.ReadAsync()).ImageReady.WasKnown);
        Ask ask = QuestionTests.Question(1, image: 1);
        ask.Features = FeatureType.Float16;
        await stream.AskAsync(ask);
        await stream.CompleteAsync();
        await stream.ReadToEndAsync();
    }

    private static IEnumerable<string> Used()
    {
        string[] expressions = [.. DashboardExpressions(), .. AlertExpressions()];
        Assert.All(expressions, expression => Assert.NotEmpty(NamesOf(expression)));
        return expressions.SelectMany(NamesOf).Distinct();
    }

    private static string[] DashboardExpressions()
    {
        using JsonDocument dashboard = JsonDocument.Parse(File.ReadAllText(PathOf("grafana-dashboard.json")));
        string[] expressions =
        [
            .. dashboard.RootElement.GetProperty("panels").EnumerateArray()
                .Where(panel => panel.GetProperty("type").GetString() != "row")
                .SelectMany(panel => panel.GetProperty("targets").EnumerateArray())
                .Select(target => target.GetProperty("expr").GetString()!),
        ];
        Assert.NotEmpty(expressions);
        return expressions;
    }

    private static string[] AlertExpressions()
    {
        string[] lines = File.ReadAllLines(PathOf("alerts.yml"));
        string[] expressions = [.. lines.Select(line => Expression().Match(line)).Where(match => match.Success).Select(match => match.Groups[1].Value)];
        Assert.NotEmpty(expressions);
        Assert.Equal(lines.Count(line => line.Contains("- alert:", StringComparison.Ordinal)), expressions.Length);
        return expressions;
    }

    private static string PathOf(string file) => RepositoryFolder.File("server", "monitoring", file);

    private static string[] NamesOf(string expression) =>
        [.. Name().Matches(NotNames().Replace(expression, " ")).Select(match => match.Value).Where(name => name is not ("and" or "or" or "unless" or "offset" or "by"))];

    /// <summary>The names that Prometheus gets for all instruments of the server's meters.</summary>
    private static HashSet<string> Instruments()
    {
        HashSet<string> names = [];
        using ServiceProvider services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        IMeterFactory factory = services.GetRequiredService<IMeterFactory>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, _) =>
            {
                if (instrument.Meter.Scope == factory) names.UnionWith(ExportedAs(instrument));
            },
        };
        listener.Start();
        new RuntimeMetrics(factory).Observe(new CudaMemoryLedger(), new RunCounter());
        _ = new ServerMetrics(factory);
        return names;
    }

    private static string[] ExportedAs(Instrument instrument)
    {
        string unit = instrument.Unit switch { "s" => "_seconds", "By" => "_bytes", _ => "" };
        string name = instrument.Name.Replace('.', '_') + unit;
        Type kind = instrument.GetType().GetGenericTypeDefinition();
        if (kind == typeof(Histogram<>)) return [$"{name}_bucket", $"{name}_sum", $"{name}_count"];
        return kind == typeof(Counter<>) || kind == typeof(ObservableCounter<>) ? [$"{name}_total"] : [name];
    }

    [GeneratedRegex(@"^\s+expr: (.+)$")]
    private static partial Regex Expression();

    // Matchers, ranges, grouping labels, functions and durations.
    [GeneratedRegex(@"\{[^}]*\}|\[[^\]]*\]|\b(?:by|without|on|ignoring|group_left|group_right)\s*\([^)]*\)|\b[a-z_]+(?=\s*(?:\(|by\s*\())(?<!\b(?:and|or|unless))|\b\d[\w.]*")]
    private static partial Regex NotNames();

    [GeneratedRegex("[a-zA-Z_:][a-zA-Z0-9_:]*")]
    private static partial Regex Name();
}
