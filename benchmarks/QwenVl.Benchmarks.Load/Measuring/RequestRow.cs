using System.Globalization;
using QwenVl.Benchmarks.Load.Driving;
using QwenVl.Benchmarks.Load.Workloads;

namespace QwenVl.Benchmarks.Load.Measuring;

/// <summary>One measured request as requests.csv holds it. Milliseconds; null where it did not come to that.</summary>
internal sealed record RequestRow(
    int Index, double StartSeconds, int Network, Behaviour Behaviour, OutcomeKind Kind, string Reason, bool IsGood, double LagMs, double? FirstFeaturesMs, double? FeaturesMs, double? FirstTokenMs, double EndMs, int Tokens)
{
    /// <summary>The first line of the file.</summary>
    public const string Header = "index,start_s,network,behaviour,kind,reason,good,lag_ms,first_features_ms,features_ms,first_token_ms,end_ms,tokens";

    /// <summary>Of an outcome.</summary>
    public static RequestRow Of(RequestOutcome outcome, bool good, TimeSpan warmUp) => new(
        outcome.Request.Index,
        (outcome.Request.Start - warmUp).TotalSeconds,
        outcome.Request.Network,
        outcome.Request.Behaviour,
        outcome.Kind,
        outcome.Reason ?? "",
        good,
        outcome.Lag.TotalMilliseconds,
        outcome.FirstFeatures?.TotalMilliseconds,
        outcome.Features?.TotalMilliseconds,
        outcome.FirstToken?.TotalMilliseconds,
        outcome.End.TotalMilliseconds,
        outcome.Tokens);

    /// <summary>As a line.</summary>
    public string ToLine() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Index},{StartSeconds:0.######},{Network},{Behaviour},{Kind},{Reason},{(IsGood ? 1 : 0)},{LagMs:0.###},{FirstFeaturesMs:0.###},{FeaturesMs:0.###},{FirstTokenMs:0.###},{EndMs:0.###},{Tokens}");

    /// <summary>Reads a line.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    public static RequestRow Parse(string line)
    {
        string[] cells = line.Split(',');
        if (cells.Length != Header.Split(',').Length || !Enum.TryParse(cells[3], out Behaviour behaviour) || !Enum.TryParse(cells[4], out OutcomeKind kind))
            throw new FormatException($"'{line}' is no row of requests.csv.");
        return new RequestRow(
            Whole(cells[0]), Number(cells[1])!.Value, Whole(cells[2]), behaviour, kind, cells[5], cells[6] == "1", Number(cells[7])!.Value, Number(cells[8]), Number(cells[9]), Number(cells[10]), Number(cells[11])!.Value, Whole(cells[12]));
    }

    private static int Whole(string cell) => int.Parse(cell, CultureInfo.InvariantCulture);

    private static double? Number(string cell) => cell.Length == 0 ? null : double.Parse(cell, CultureInfo.InvariantCulture);
}
