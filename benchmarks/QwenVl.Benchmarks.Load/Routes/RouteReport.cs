using System.Globalization;
using System.Text;
using QwenVl.Benchmarks.Load.Reports;
using QwenVl.Benchmarks.Load.Scenarios;
using QwenVl.Model.Features;

namespace QwenVl.Benchmarks.Load.Routes;

/// <summary>Writes a comparison of routes as a page.</summary>
internal static class RouteReport
{
    private const double Kibi = 1024;
    private static readonly string[] Translations = ["translate", "read-translate"];

    /// <summary>Writes it.</summary>
    public static string Write(RouteDocument document)
    {
        var text = new StringBuilder();
        RouteScenario scenario = document.Scenario;
        RunEnvironment here = document.Environment;
        text.Append(CultureInfo.InvariantCulture, $"# {scenario.Name}\n\n{scenario.Description}\n\n");
        text.Append(CultureInfo.InvariantCulture, $"{here.Date}, commit {here.Commit ?? "unknown"}, {here.Processor}, {here.Cores} cores, {here.Runtime}, {here.System}. Server: {here.Server}.\n\n```\n{here.Command}\n```\n\n");
        text.Append(CultureInfo.InvariantCulture, $"{scenario.Questions} questions by each route, each about a file that nobody has seen; times count from the question and include sending the picture. ");
        text.Append("Networks are a proxy on this machine, one TCP connection each: rate, delay, and a stall where a segment is lost; TCP's slow start after a loss is not in it.\n\n");
        foreach (LoadChoice load in scenario.Loads)
            foreach (NetworkOptions network in scenario.Networks) Compare(text, document, load, network);
        Transfers(text, document);
        Estimates(text, document);
        return text.ToString();
    }

    private static void Compare(StringBuilder text, RouteDocument document, LoadChoice load, NetworkOptions network)
    {
        RouteSummary[] routes = [.. document.Summaries.Where(summary => summary.Load == load.Name && summary.Network == network.Name)];
        if (routes.Length == 0) return;
        text.Append(CultureInfo.InvariantCulture, $"## {network.Name}, server {load.Name}\n\n{Numbers.Show(network.DownKbps / 1000)}/{Numbers.Show(network.UpKbps / 1000)} Mbit/s, {Numbers.Show(network.RoundTripMs)} ms");
        if (network.StallRatio > 0) text.Append(CultureInfo.InvariantCulture, $", {Numbers.Percent(network.StallRatio)} of segments stall for {Numbers.Show(network.StallMs)} ms");
        if (load.Clients > 0 && document.Others.FirstOrDefault(other => other.Load == load.Name && other.Network == network.Name) is { } others)
            text.Append(CultureInfo.InvariantCulture, $"; {load.Clients} others got {Numbers.Show(others.Answers / others.Seconds)} answers a second, {others.Refusals} refusals");
        text.Append(".\n\n");
        // Who leaves questions without an answer is no measure for those who do not.
        double? best = routes.Where(route => route.Failures == 0).Min(route => route.TotalMs);
        MarkdownTable.Write(text, ["route", "first token ms", "whole answer ms", "one in ten over", "of the best", "translation ms", "right", "failed", "KiB up", "KiB down", "server's tokens", "prefill ms", "after the last chunk"], routes.Select(route => (string[])
        [
            route.Route, Show(route.FirstTokenMs), Show(route.TotalMs), Show(route.SlowTotalMs), Ratio(route.TotalMs / best),
            Show(Translation(document, route)), Numbers.Percent(route.RightShare), Numbers.Show(route.Failures), Kib(route.BytesUp), Kib(route.BytesDown), Numbers.Percent(route.CloudShare), Show(route.PrefillMs), Show(route.PrefillRestMs),
        ]));
    }

    private static void Transfers(StringBuilder text, RouteDocument document)
    {
        if (document.Transfers.Count == 0) return;
        text.Append("## A picture's way to a decoder\n\nOne JPEG of 1024 x 1024 pixels, the device's own features of it, and the device's own tower; medians. Features are computed before.\n\n");
        string[] networks = [.. document.Transfers.Select(transfer => transfer.Network).Distinct()];
        MarkdownTable.Write(text, ["what", "KiB", .. networks.Select(network => $"{network} ms")], document.Transfers.GroupBy(transfer => (transfer.Resolution, transfer.What)).OrderBy(group => group.Key.Resolution).Select(group => (string[])
        [
            $"{group.Key.Resolution}: {group.Key.What}", group.First().Bytes > 0 ? Kib(group.First().Bytes) : "–",
            .. networks.Select(network => Show(group.FirstOrDefault(transfer => transfer.Network == network)?.MedianMs)),
        ]));
    }

    private static void Estimates(StringBuilder text, RouteDocument document)
    {
        if (document.Estimates.Count == 0) return;
        text.Append("## Real sizes: computed, not measured\n\nFrom the parts that the scenario names, by the same rules for all: what a network loses, and all that is not named, is left out.\n\n");
        foreach (RealSize size in document.Scenario.RealSizes)
        {
            text.Append(CultureInfo.InvariantCulture, $"### {size.Name}\n\n{size.Source}\n\nBytes a visual token: ");
            text.AppendJoin(", ", Enum.GetValues<FeatureEncoding>().Select(encoding => $"{encoding} {new FeatureLayout(encoding, 1, size.Width, size.Taps).TokenBytes.ToString("N0", CultureInfo.InvariantCulture)}"));
            text.Append(CultureInfo.InvariantCulture, $"; {size.VisualTokens} visual tokens, a JPEG of {Kib(size.JpegBytes)} KiB, {size.AnswerTokens} tokens of answer. Seconds to the first token / to the whole answer:\n\n");
            string[] networks = [.. document.Scenario.Networks.Select(network => network.Name)];
            MarkdownTable.Write(text, ["route", "KiB down", .. networks], document.Estimates.Where(estimate => estimate.Size == size.Name).GroupBy(estimate => estimate.Way).Select(group => (string[])
            [
                group.Key, Kib(group.First().BytesDown), .. networks.Select(network => group.First(estimate => estimate.Network == network)).Select(estimate => $"{Seconds(estimate.FirstTokenSeconds)} / {Seconds(estimate.TotalSeconds)}"),
            ]));
        }
    }

    private static double? Translation(RouteDocument document, RouteSummary route)
    {
        double[] times = [.. document.Answers.Where(answer => answer.Load == route.Load && answer.Network == route.Network && answer.Route == route.Route && Translations.Contains(answer.Task)).Select(answer => answer.TotalMs)];
        return times.Length == 0 ? null : Quantile.Of(times, Quantile.Median);
    }

    private static string Ratio(double? ratio) => ratio is { } value ? $"{value.ToString("0.00", CultureInfo.InvariantCulture)} x" : Numbers.Show(null);

    private static string Show(double? milliseconds) => milliseconds is { } value ? Numbers.Show(Math.Round(value)) : Numbers.Show(null);

    private static string Kib(double bytes) => Numbers.Show(Math.Round(bytes / Kibi, 1));

    private static string Seconds(double seconds) => seconds.ToString("0.00", CultureInfo.InvariantCulture);
}
