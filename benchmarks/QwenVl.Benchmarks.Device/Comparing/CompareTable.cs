using System.Globalization;
using QwenVl.Benchmarks.Device.Speed;

namespace QwenVl.Benchmarks.Device.Comparing;

/// <summary>Medians of all rounds as Markdown, with the ratios to llama.cpp and the floor that the memory sets.</summary>
internal static class CompareTable
{
    private const double Megabyte = 1e6;
    private const double Gigabyte = 1e9;

    public static void Write(TextWriter output, IReadOnlyList<Contender> contenders, IReadOnlyDictionary<string, List<SpeedResult>> results, double bandwidth, int threads)
    {
        double llamaPrefill = Median(results[Contender.Llama], result => result.PrefillRate), llamaDecode = Median(results[Contender.Llama], result => result.DecodeRate);
        int rounds = results[Contender.Llama].Count;
        output.WriteLine(Text($"{Environment.ProcessorCount} cores, {threads} threads; memory read at {bandwidth / Gigabyte:0.0} GB/s; medians of {rounds} rounds, least and most decode rate in brackets"));
        output.WriteLine();
        output.WriteLine("| decoder | weights MB | load s | prefill tok/s | × llama.cpp | decode tok/s | × llama.cpp | share of the memory's floor | peak RSS MB | anonymous / file MB | managed bytes a token |");
        output.WriteLine("|---|---|---|---|---|---|---|---|---|---|---|");
        foreach (Contender contender in contenders)
        {
            List<SpeedResult> runs = results[contender.Name];
            double bytes = new FileInfo(contender.Weights).Length, prefill = Median(runs, result => result.PrefillRate), decode = Median(runs, result => result.DecodeRate);
            output.WriteLine(Text($"| {contender.Name} | {bytes / Megabyte:0} | {Median(runs, result => result.LoadSeconds):0.0} | {prefill:0.0} | {prefill / llamaPrefill:0.00} | {decode:0.0} ({runs.Min(result => result.DecodeRate):0.0}–{runs.Max(result => result.DecodeRate):0.0}) | {decode / llamaDecode:0.00} | {100 * decode * bytes / bandwidth:0} % | {Median(runs, result => result.PeakBytes) / Megabyte:0} | {Median(runs, result => result.AnonymousBytes) / Megabyte:0} / {Median(runs, result => result.FileBytes) / Megabyte:0} | {Median(runs, result => result.BytesPerToken):0} |"));
        }
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private static double Median(List<SpeedResult> results, Func<SpeedResult, double> of)
    {
        double[] numbers = [.. results.Select(of).Order()];
        return numbers[numbers.Length / 2];
    }
}
