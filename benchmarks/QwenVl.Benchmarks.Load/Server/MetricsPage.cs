using System.Globalization;
using System.Text;

namespace QwenVl.Benchmarks.Load.Server;

/// <summary>What a server exported at one moment, in Prometheus' text format.</summary>
internal sealed class MetricsPage
{
    private readonly ILookup<string, MetricSample> _samples;

    private MetricsPage(IEnumerable<MetricSample> samples) => _samples = samples.ToLookup(sample => sample.Name, StringComparer.Ordinal);

    /// <summary>Reads a page; comments and lines that are no samples are passed over.</summary>
    public static MetricsPage Parse(string text) => new(text.Split('\n').Select(line => line.Trim()).Where(line => line.Length > 0 && line[0] != '#').Select(ParseLine).OfType<MetricSample>());

    /// <summary>All samples of a metric.</summary>
    public IEnumerable<MetricSample> Samples(string name) => _samples[name];

    /// <summary>The sum over all samples of a metric that have the label; null where there are none.</summary>
    public double? Sum(string name, string? label = null, string? value = null)
    {
        double sum = 0;
        bool any = false;
        foreach (MetricSample sample in _samples[name])
        {
            if (label is not null && (!sample.Labels.TryGetValue(label, out string? found) || found != value)) continue;
            sum += sample.Value;
            any = true;
        }

        return any ? sum : null;
    }

    /// <summary>The counts of a histogram's buckets, each without the ones below it, by upper bound; summed over all labels.</summary>
    public SortedDictionary<double, double> Buckets(string name)
    {
        var cumulative = new SortedDictionary<double, double>();
        foreach (MetricSample sample in _samples[$"{name}_bucket"])
        {
            if (!sample.Labels.TryGetValue("le", out string? le)) continue;
            double bound = ParseNumber(le) ?? double.NaN;
            if (!double.IsNaN(bound)) cumulative[bound] = cumulative.GetValueOrDefault(bound) + sample.Value;
        }

        var counts = new SortedDictionary<double, double>();
        double below = 0;
        foreach ((double bound, double count) in cumulative) (counts[bound], below) = (count - below, count);
        return counts;
    }

    private static MetricSample? ParseLine(string line)
    {
        int at = 0;
        while (at < line.Length && line[at] is not ('{' or ' ' or '\t')) at++;
        string name = line[..at];
        var labels = new Dictionary<string, string>(StringComparer.Ordinal);
        if (at < line.Length && line[at] == '{' && !TryReadLabels(line, ref at, labels)) return null;
        // A timestamp may follow the value.
        string[] rest = line[at..].Split((char[]?)[' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
        return name.Length > 0 && rest.Length > 0 && ParseNumber(rest[0]) is { } value ? new MetricSample(name, labels, value) : null;
    }

    private static bool TryReadLabels(string line, ref int at, Dictionary<string, string> labels)
    {
        at++;
        while (true)
        {
            while (at < line.Length && line[at] is ',' or ' ') at++;
            if (at >= line.Length) return false;
            if (line[at] == '}')
            {
                at++;
                return true;
            }

            int equals = line.IndexOf("=\"", at, StringComparison.Ordinal);
            if (equals < 0) return false;
            string name = line[at..equals].Trim();
            at = equals + 2;
            var value = new StringBuilder();
            for (; at < line.Length && line[at] != '"'; at++)
            {
                bool isEscape = line[at] == '\\' && at + 1 < line.Length;
                if (isEscape) at++;
                value.Append(isEscape && line[at] == 'n' ? '\n' : line[at]);
            }

            if (at >= line.Length) return false;
            at++;
            labels[name] = value.ToString();
        }
    }

    private static double? ParseNumber(string text) => text switch
    {
        "+Inf" => double.PositiveInfinity,
        "-Inf" => double.NegativeInfinity,
        _ => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) ? value : null,
    };
}
