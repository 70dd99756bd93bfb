using QwenVl.Cli.Display;
using QwenVl.Client.Answers;
using Spectre.Console;

namespace QwenVl.Tests.Cli.Display;

public sealed class DisplayTests
{
    private static readonly AnswerSummary Summary = new()
    {
        Text = "a red sign",
        FinishReason = FinishReason.Stop,
        CloudTokens = 4,
        DeviceTokens = 7,
        TakenOverAt = 4,
        BytesSent = 12_345,
        BytesReceived = 67_890,
        Timings = new StageTimings { Upload = TimeSpan.FromMilliseconds(3.25), Total = TimeSpan.FromMilliseconds(1234.5) },
        Server = new ServerStageTimings { Prefill = TimeSpan.FromMilliseconds(9.9), GeneratedTokens = 5 },
    };

    [Fact]
    public void The_table_names_writers_bytes_and_stages_and_holds_no_escapes_where_there_is_no_terminal()
    {
        var output = new StringWriter();
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, Out = new AnsiConsoleOutput(output) });

        console.Write(SummaryTable.Create(Summary));

        string text = output.ToString();
        Assert.DoesNotContain('\e', text);
        foreach (string expected in (string[])["12,345", "67,890", "device tokens", "taken over at", "upload", "3.2", "1,234.5", "prefill", "9.9"])
            Assert.Contains(expected, text, StringComparison.Ordinal);
    }

    [Fact]
    public void The_line_says_who_wrote_what()
    {
        Assert.Equal("server 4 tokens, device 7 from token 4 on; 1,234.5 ms; ended by the model", SummaryTable.Line(Summary));
        Assert.StartsWith("device 7 tokens;", SummaryTable.Line(Summary with { CloudTokens = 0 }), StringComparison.Ordinal);
        Assert.EndsWith("cut at the limit; the connection broke", SummaryTable.Line(Summary with { FinishReason = FinishReason.Length, ConnectionLost = true }), StringComparison.Ordinal);
    }

    [Fact]
    public void What_a_terminal_would_obey_is_not_passed_on() =>
        Assert.Equal("a\ufffd[31mb\n\tc", AnswerView.Printable("a\e[31mb\n\tc"));
}
