using System.Globalization;
using QwenVl.Client.Answers;
using Spectre.Console;

namespace QwenVl.Cli.Display;

/// <summary>Who wrote how much of an answer, what went over the line, and where the time went.</summary>
internal static class SummaryTable
{
    /// <summary>One line on who wrote what, how long it took and why it ended.</summary>
    public static string Line(AnswerSummary summary)
    {
        string writers = (summary.CloudTokens, summary.DeviceTokens) switch
        {
            ( > 0, > 0) => $"server {summary.CloudTokens} tokens, device {summary.DeviceTokens} from token {summary.TakenOverAt} on",
            (_, 0) => $"server {summary.CloudTokens} tokens",
            _ => $"device {summary.DeviceTokens} tokens",
        };
        string lost = summary.ConnectionLost ? "; the connection broke" : "";
        return $"{writers}; {Quantities.Milliseconds(summary.Timings.Total)} ms; {(summary.FinishReason == FinishReason.Stop ? "ended by the model" : "cut at the limit")}{lost}";
    }

    /// <summary>The stages of client and server side by side, in milliseconds.</summary>
    public static Table Create(AnswerSummary summary)
    {
        // Fits a terminal of 80 columns; "at" counts from the question.
        var table = new Table { Border = TableBorder.Horizontal };
        table.AddColumn("totals");
        table.AddColumn(new TableColumn("").RightAligned());
        table.AddColumn("client");
        table.AddColumn(new TableColumn("ms").RightAligned());
        table.AddColumn("server");
        table.AddColumn(new TableColumn("ms").RightAligned());
        List<(string, string)> totals = Totals(summary), client = Client(summary.Timings), server = Server(summary.Server);
        for (int row = 0; row < Math.Max(totals.Count, Math.Max(client.Count, server.Count)); row++)
        {
            table.AddRow([.. ((List<(string, string)>[])[totals, client, server]).SelectMany(column =>
            {
                (string name, string value) = row < column.Count ? column[row] : ("", "");
                return (Text[])[new Text(name), new Text(value)];
            })]);
        }

        return table;
    }

    private static List<(string, string)> Totals(AnswerSummary summary) =>
    [
        ("bytes up", Quantities.Bytes(summary.BytesSent)),
        ("bytes spared", Quantities.Bytes(summary.BytesSaved)),
        ("bytes down", Quantities.Bytes(summary.BytesReceived)),
        ("server tokens", summary.CloudTokens.ToString(CultureInfo.InvariantCulture)),
        ("device tokens", summary.DeviceTokens.ToString(CultureInfo.InvariantCulture)),
        ("taken over at", summary.TakenOverAt?.ToString(CultureInfo.InvariantCulture) ?? "–"),
        ("reconnects", summary.Reconnects.ToString(CultureInfo.InvariantCulture)),
    ];

    private static List<(string, string)> Client(StageTimings timings) =>
    [
        .. Row("decode picture", timings.DecodeImage),
        .. Row("encode picture", timings.EncodeImage),
        .. Row("upload", timings.Upload),
        .. Row("first chunk at", timings.FirstFeatureChunk),
        .. Row("all features at", timings.FeaturesComplete),
        .. Row("prefill", timings.Prefill),
        .. Row("prefilled at", timings.PrefillComplete),
        .. Row("takeover asked at", timings.TakeOverRequested),
        .. Row("handed off at", timings.HandedOff),
        .. Row("seam stall", timings.SeamStall),
        .. Row("first token at", timings.FirstToken),
        .. Row("device starts at", timings.FirstDeviceToken),
        .. Row("each server token", timings.CloudPerToken),
        .. Row("each device token", timings.DevicePerToken),
        ("total", Quantities.Milliseconds(timings.Total)),
    ];

    private static List<(string, string)> Server(ServerStageTimings? timings) => timings is null ? [] :
    [
        ("queue", Quantities.Milliseconds(timings.Queue)),
        ("preprocess", Quantities.Milliseconds(timings.Preprocess)),
        ("encode, large", Quantities.Milliseconds(timings.Encode)),
        ("encode, device", Quantities.Milliseconds(timings.ClientEncode)),
        ("prefill", Quantities.Milliseconds(timings.Prefill)),
        ("decode", Quantities.Milliseconds(timings.Decode)),
        ("features at", Quantities.Milliseconds(timings.FirstFeatures)),
        ("first token at", Quantities.Milliseconds(timings.FirstToken)),
        ("total", Quantities.Milliseconds(timings.Total)),
        ("tokens", timings.GeneratedTokens.ToString(CultureInfo.InvariantCulture)),
    ];

    private static (string, string)[] Row(string name, TimeSpan? time) => time is null ? [] : [(name, Quantities.Milliseconds(time))];
}
