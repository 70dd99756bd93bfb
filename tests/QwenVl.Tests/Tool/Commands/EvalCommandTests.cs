using System.Text.Json.Nodes;
using QwenVl.Model.Text;
using QwenVl.Tests.Infrastructure;
using QwenVl.Tests.Server.Fakes;
using QwenVl.Tests.Tool.Runs;

namespace QwenVl.Tests.Tool.Commands;

public sealed class EvalCommandTests : IDisposable
{
    // Nothing that a random checkpoint says, and long enough for it to come to its own end.
    private static readonly string NoAnswer = new('-', 600);

    private readonly TemporaryFolder _folder = new();

    private string Model => _folder.File("model");

    private string Pictures => _folder.File("pictures");

    [Theory]
    [InlineData("none")]
    [InlineData("int4")]
    public async Task What_the_checkpoint_answers_is_right_where_it_is_what_the_list_says(string quantize)
    {
        string[] options = ["--quantize", quantize];
        string[] answers = await AnswersAsync(options);
        Assert.True(answers.Distinct().Count() > 1 && answers.All(answer => answer.Length > 0), string.Join(" | ", answers));

        PictureFolder.Write(Pictures, [answers[0], "something else", answers[2], answers[3]]);
        ToolRun run = await EvalAsync(["--show", "1", .. options]);

        run.AssertSucceeded();
        Assert.Matches(@"sign: read\s+1\s+1\s+100\.0 %", run.Output);
        Assert.Matches(@"sign: translate\s+0\s+1\s+0\.0 %", run.Output);
        Assert.Matches(@"signs\s+1\s+2\s+50\.0 %", run.Output);
        Assert.Matches(@"scenes\s+1\s+1\s+100\.0 %", run.Output);
        Assert.Matches(@"pointing\s+1\s+1\s+100\.0 %", run.Output);
        Assert.Contains("sign.png, translate: What is that in German?", run.Output, StringComparison.Ordinal);
        Assert.Contains("right: something else", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_answer_is_written_with_its_tokens_where_that_is_asked_for()
    {
        string[] answers = await AnswersAsync();
        PictureFolder.Write(Pictures, answers);
        string path = _folder.File("answers.jsonl");

        (await EvalAsync("--answers", path)).AssertSucceeded();

        QwenTokenizer tokenizer = QwenTokenizer.Load(Path.Combine(Model, "tokenizer.json"));
        JsonNode[] lines = [.. (await File.ReadAllLinesAsync(path)).Select(line => JsonNode.Parse(line)!)];
        Assert.Equal(answers, lines.Select(line => (string)line["text"]!));
        foreach (JsonNode line in lines)
        {
            var text = new IncrementalDetokenizer(tokenizer);
            string read = string.Concat(line["ids"]!.AsArray().Select(id => text.Append((int)id!)));
            Assert.Equal((string)line["text"]!, read + text.Flush());
        }

        Assert.Contains("--answers needs a folder", (await EvalAsync("--answers", _folder.File("none/a.jsonl"))).Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("float32", 1)]
    [InlineData("float16", 0.9999)]
    [InlineData("int8", 0.999)]
    [InlineData("int4", 0.9)]
    public async Task Features_are_written_and_read_before_the_decoder_gets_them(string way, double leastCosine)
    {
        string[] answers = await AnswersAsync();
        PictureFolder.Write(Pictures, answers);
        string path = _folder.File("features.json");

        ToolRun run = await EvalAsync("--features", way, "--json", path);

        run.AssertSucceeded();
        Assert.Contains($"features in {way}: ", run.Output, StringComparison.Ordinal);
        JsonNode report = JsonNode.Parse(await File.ReadAllTextAsync(path))!;
        Assert.Equal(way, (string)report["features"]!["encoding"]!);
        Assert.InRange((double)report["features"]!["least_cosine"]!, leastCosine - 1e-6, 1 + 1e-6);
        // What was not touched is answered as without.
        if (way == "float32") Assert.Empty(report["wrong"]!.AsArray());
    }

    [Fact]
    public async Task A_server_is_asked_for_all_of_its_tokens()
    {
        string[] answers = await AnswersAsync();
        // A client without a tokenizer does not learn that the last character was never completed.
        PictureFolder.Write(Pictures, [.. answers.Select(answer => answer.TrimEnd('\ufffd'))]);
        await using RunningServer server = await RunningServer.StartAsync(flags: ["--model-path", Model, "--client-model-path", Model, "--engine-cache", _folder.File("cache")]);
        Uri address = server.GrpcAddress;

        ToolRun run = await EvalAsync("--server", address.ToString());

        run.AssertSucceeded();
        Assert.Matches(@"signs\s+2\s+2\s+100\.0 %", run.Output);
        Assert.Contains($"answered by {address}", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_limit_takes_the_first_pictures()
    {
        SpeakingCheckpoint.Write(Model);
        PictureFolder.Write(Pictures, ["a", "b", "c", "d"]);

        ToolRun run = await EvalAsync("--limit", "1");

        Assert.Contains("1 pictures, 2 questions", run.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("scene", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_missing_is_named_and_nothing_is_written()
    {
        SpeakingCheckpoint.Write(Model);
        (await EvalAsync("--json", _folder.File("report.json"))).AssertRefused("pictures.jsonl", "missing");

        PictureFolder.Write(Pictures, ["a", "b", "c", "d"]);
        File.Delete(Path.Combine(Pictures, "scene.png"));
        (await EvalAsync("--json", _folder.File("report.json"))).AssertRefused("scene.png", "missing", "line 2");

        await File.WriteAllTextAsync(Path.Combine(Pictures, "pictures.jsonl"), "{\"file\":\"sign.png\"}\n");
        (await EvalAsync("--json", _folder.File("report.json"))).AssertRefused("pictures.jsonl", "line 1");
        Assert.False(File.Exists(_folder.File("report.json")));
    }

    [Theory]
    [InlineData("--limit must be", "--limit", "0")]
    [InlineData("--json needs a folder", "--json", "missing/report.json")]
    [InlineData("leave --server out", "--features", "int8", "--server", "http://127.0.0.1:1")]
    [InlineData("name 512 or 1024", "--features", "int8", "--resolution", "auto")]
    public async Task Options_that_cannot_be_followed_are_refused_before_any_question(string says, params string[] options)
    {
        SpeakingCheckpoint.Write(Model);
        PictureFolder.Write(Pictures, ["a", "b", "c", "d"]);

        (await EvalAsync(options)).AssertRefused(says);

        Assert.False(Directory.Exists(_folder.File("cache")));
    }

    [Fact]
    public async Task A_server_that_is_not_there_is_one_line()
    {
        SpeakingCheckpoint.Write(Model);
        PictureFolder.Write(Pictures, ["a", "b", "c", "d"]);

        // Port 1 of this machine: nobody listens there.
        (await EvalAsync("--server", "http://127.0.0.1:1")).AssertRefused("The server at http://127.0.0.1:1/ cannot be reached");
    }

    public void Dispose() => _folder.Dispose();

    private Task<ToolRun> EvalAsync(params string[] options) => ToolRun.OfAsync(["eval", Model, Pictures, "--cache", _folder.File("cache"), .. options]);

    // A random checkpoint never stops by itself: what this one falls into in the end shall end its answers.
    private async Task<string[]> AnswersAsync(params string[] options)
    {
        SpeakingCheckpoint.Write(Model);
        await File.WriteAllTextAsync(Path.Combine(Model, "generation_config.json"), new JsonObject { ["eos_token_id"] = QwenTokenizer.Load(Path.Combine(Model, "tokenizer.json")).Encode("label")[0] }.ToJsonString());
        PictureFolder.Write(Pictures, [.. Enumerable.Repeat(NoAnswer, PictureFolder.Questions.Length)]);
        string path = _folder.File("report.json");
        (await EvalAsync(["--json", path, .. options])).AssertSucceeded();
        JsonNode report = JsonNode.Parse(await File.ReadAllTextAsync(path))!;
        return [.. report["wrong"]!.AsArray().Select(wrong => wrong!["answer"]!.GetValue<string>())];
    }
}
