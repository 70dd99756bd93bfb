using QwenVl.Benchmarks.Load.Scenarios;
using QwenVl.Protos.V1;
using QwenVl.Tests.Infrastructure;

namespace QwenVl.Tests.Load.Scenarios;

public sealed class ScenarioFileTests
{
    public static TheoryData<string> Committed => [.. Directory.GetFiles(RepositoryFolder.File("benchmarks", "scenarios"), "*.json").Select(path => Path.GetFileName(path))];

    [Theory]
    [MemberData(nameof(Committed))]
    public void Every_committed_scenario_is_valid_and_named_as_its_file(string file)
    {
        Scenario scenario = ScenarioFile.Read(RepositoryFolder.File("benchmarks", "scenarios", file));

        Assert.Equal(Path.GetFileNameWithoutExtension(file), scenario.Name);
        Assert.NotEmpty(scenario.Description);
    }

    [Fact]
    public void An_empty_scenario_has_defaults()
    {
        Scenario scenario = ScenarioFile.Parse("{}", "small.json");

        Assert.Equal(("small", 1.0, true), (scenario.Name, scenario.Arrivals.Steps[0].Rate, scenario.Question.Tokens));
        Assert.True(Assert.Single(scenario.Networks).IsDirect);
    }

    [Fact]
    public void All_mistakes_are_told_at_once()
    {
        const string Text = """
            { "duration_s": -1, "durration_s": 5, "arrivals": { "process": "bursts", "rate": "many" },
              "pictures": { "sizes": [{ "width": 0 }], "repeat_ratio": 2 }, "question": { "tokens": false, "resolution": "4k", "max_new_tokens": { "least": 5, "most": 2 } },
              "shares": { "crash": 0.7, "cancel": 0.7 } }
            """;

        IReadOnlyList<string> mistakes = Assert.Throws<ScenarioException>(() => ScenarioFile.Parse(Text, "bad.json")).Mistakes;

        foreach (string part in (string[])
            [
                "duration_s is -1: it takes a number", "durration_s is not known", "arrivals.process is \"bursts\": it takes poisson, constant", "arrivals.rate is \"many\"",
                "pictures.sizes[0].width is 0", "pictures.repeat_ratio is 2", "resolution takes", "least is 5, which is over most, 2", "neither tokens nor features", "shares add up to 1.4",
            ])
        {
            Assert.Contains(mistakes, mistake => mistake.Contains(part, StringComparison.Ordinal));
        }
    }

    [Theory]
    [InlineData("[]", "one JSON object")]
    [InlineData("{", "no JSON")]
    [InlineData("""{"streams":"kept","kept_streams":500,"connections":4}""", "need 5 connections")]
    [InlineData("""{"connections":1,"arrivals":{"max_in_flight":101}}""", "would wait in the client")]
    [InlineData("""{"pictures":{"none":true},"question":{"features":"float16"}}""", "need pictures")]
    [InlineData("""{"question":{"tokens":false,"features":"float16"},"slo":{"first_token_ms":5}}""", "needs question.tokens")]
    [InlineData("""{"arrivals":{"steps":[{"seconds":5,"rate":1},{"seconds":5,"rate":0}]}}""", "last step lasts")]
    public void What_contradicts_itself_is_refused_with_the_reason(string text, string part)
    {
        Assert.Contains(part, Assert.Throws<ScenarioException>(() => ScenarioFile.Parse(text, "bad.json")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Values_are_read_with_comments_and_ranges()
    {
        Scenario scenario = ScenarioFile.Parse(
            """{ "question": { "max_new_tokens": 7, "prompt_words": { "least": 2, "most": 3 }, "features": "int8_row", "resolution": "1024" } /* a comment */, }""", "x.json");

        Assert.Equal((new WholeRange(7, 7), new WholeRange(2, 3)), (scenario.Question.MaxNewTokens, scenario.Question.PromptWords));
        Assert.Equal((FeatureType.Int8Row, Resolution._1024), (scenario.Question.Features, scenario.Question.Resolution));
    }
}
