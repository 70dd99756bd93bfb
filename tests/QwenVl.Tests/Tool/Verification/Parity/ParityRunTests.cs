using QwenVl.Engines.Tool;
using QwenVl.Model.Manifest;
using QwenVl.Model.Vision;

namespace QwenVl.Tests.Tool.Verification.Parity;

public sealed class ParityRunTests : ParityTest
{
    private static readonly Dictionary<string, Func<int[], float[], (int[], float[])>> Misrankings = new()
    {
        ["reversed"] = (tokens, logits) => ([.. tokens.Reverse()], [.. logits.Reverse()]),
        ["the best one left out"] = (tokens, logits) => (tokens[1..], logits[1..]),
        ["logits of others"] = (tokens, logits) => (tokens, [.. logits.Select(logit => logit + 1)]),
        ["one token twice"] = (tokens, logits) => ([tokens[0], .. tokens[..^1]], [logits[0], .. logits[..^1]]),
        ["a token that does not exist"] = (tokens, logits) => ([.. tokens[..^1], 9999], logits),
    };

    public static TheoryData<string> MisrankingNames => [.. Misrankings.Keys];

    [Theory]
    [InlineData(EngineDialect.TensorRt10)]
    [InlineData(EngineDialect.TensorRt11)]
    public void The_same_numbers_on_another_runtime_are_within_every_limit(EngineDialect dialect)
    {
        IReadOnlyList<Measurement> found = Compare(dialect);

        Assert.Empty(Over(found));
        string[] compared =
        [
            "features alone, cosine", "tap 0 alone, error", "features in batches, cosine", "tap 0 in batches, cosine", "logits, cosine", "answer's logits, cosine", "greedy tokens",
            "logits, own features, cosine", "greedy tokens, own features", "logits, several at a time, cosine", "answer's logits, several against one, cosine", "ranked candidates",
        ];
        Assert.All(compared, what => Assert.Contains(found, measurement => measurement.What == what));
        // Without clear choices nothing would have been compared.
        Assert.Matches("^0 of [1-9][0-9]* wrong$", found.First(measurement => measurement.What == "greedy tokens").Shown);
        AssertNothingLeft();
    }

    [Fact]
    public void A_single_picture_is_compared_in_a_batch_with_itself() =>
        Assert.Empty(Over(Compare(questions: [Questions[1]])));

    [Theory]
    [InlineData(0, "features")]
    [InlineData(1, "tap 0")]
    public void A_plane_of_one_picture_that_is_wrong_is_named(int plane, string name)
    {
        string[] over = Over(Compare(encoder: tower => new PerturbedEncoder(tower, new ImageGrid(16, 18), plane, (value, i) => i % 3 == 0 ? -value : value)));

        Assert.Contains(over, line => line.StartsWith($"{name} alone, cosine of b.png, worst of 5: ", StringComparison.Ordinal));
        Assert.Contains(over, line => line.StartsWith($"{name} in batches, cosine of b.png, worst of 5: ", StringComparison.Ordinal));
        Assert.DoesNotContain(over, line => line.StartsWith(plane == 0 ? "tap 0" : "features", StringComparison.Ordinal));
        // The decoder itself is right.
        Assert.DoesNotContain(over, line => line.StartsWith("logits, cosine", StringComparison.Ordinal));
    }

    [Fact]
    public void A_tower_that_is_wrong_in_batches_alone_is_found()
    {
        string[] over = Over(Compare(encoder: tower => new PerturbedEncoder(tower, new ImageGrid(2, 2), 1, (value, i) => value + i % 2, batchesOnly: true)));

        Assert.All(over, line => Assert.StartsWith("tap 0 in batches, ", line, StringComparison.Ordinal));
        Assert.Contains(over, line => line.Contains("c.png", StringComparison.Ordinal));
    }

    [Fact]
    public void Features_of_another_scale_are_found_though_their_direction_is_right() =>
        Assert.Contains(
            Over(Compare(encoder: tower => new PerturbedEncoder(tower, new ImageGrid(4, 6), 0, (value, _) => 1.1f * value))),
            line => line.StartsWith("features alone, error of a.png, worst of 5: 10.0 %", StringComparison.Ordinal));

    [Fact]
    public void Features_that_are_no_numbers_are_found() =>
        Assert.Contains(
            Over(Compare(encoder: tower => new PerturbedEncoder(tower, new ImageGrid(4, 6), 0, (value, i) => i == 5 ? float.NaN : value, batchesOnly: true))),
            line => line.StartsWith("features in batches, cosine of a.png", StringComparison.Ordinal));

    [Fact]
    public void Logits_that_are_wrong_after_one_prompt_are_found()
    {
        int prompt = Questions[3].Prompt.Length;

        string[] over = Over(Compare(decoder: decoder => new PerturbedDecoder(decoder, (length, _, logits) =>
        {
            if (length == prompt) for (int i = 0; i < logits.Length; i += 2) logits[i] += 1;
        })));

        Assert.Contains(over, line => line.StartsWith("logits, cosine of d.png, worst of 5: ", StringComparison.Ordinal));
        Assert.DoesNotContain(over, line => line.StartsWith("answer's logits", StringComparison.Ordinal) || line.StartsWith("features", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void One_token_that_is_chosen_otherwise_is_found(bool ranks)
    {
        // Of the clear ones, any: the least likely token wins after the third of the answer about b.png.
        int at = Questions[1].Prompt.Length + 3;

        string[] over = Over(Compare(questions: [Questions[1]], decoder: decoder => new PerturbedDecoder(decoder, (length, _, logits) =>
        {
            if (length == at) logits[Array.IndexOf(logits, logits.Min())] = 1.01f * logits.Max();
        }, ranks)));

        Assert.Contains(over, line => line.StartsWith("greedy tokens of b.png at token 3, gaps over 2.0 % of scale: 1 of ", StringComparison.Ordinal));
        Assert.DoesNotContain(over, line => line.StartsWith("ranked candidates", StringComparison.Ordinal));
    }

    [Fact]
    public void A_decoder_that_is_wrong_with_several_sequences_alone_is_found()
    {
        // No other sequence ever has this length.
        int at = Questions[1].Prompt.Length + 2;

        string[] over = Over(Compare(decoder: decoder => new PerturbedDecoder(decoder, (length, steps, logits) =>
        {
            if (steps > 1 && length == at) for (int i = 0; i < logits.Length; i++) logits[i] += 1;
        })));

        Assert.NotEmpty(over);
        Assert.All(over, line => Assert.Contains("several", line, StringComparison.Ordinal));
        Assert.Contains(over, line => line.StartsWith("answer's logits, several against one, cosine of b.png at token 2,", StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(MisrankingNames))]
    public void Candidates_that_are_not_the_best_of_the_logits_are_found(string way) =>
        Assert.Contains(
            Over(Compare(questions: [Questions[0]], decoder: decoder => new MisrankingDecoder(decoder, Misrankings[way]))),
            line => line.StartsWith("ranked candidates of a.png at token 0: ", StringComparison.Ordinal));

    [Fact]
    public void What_is_too_large_for_a_side_is_refused_by_name()
    {
        Assert.Contains("large.png: 1,088 patches", Assert.Throws<ToolException>(() => Compare(questions: [Questions[0], Question("large.png", 32, 34)])).Message, StringComparison.Ordinal);
        Assert.Contains($"d.png: a question of {Questions[3].Prompt.Length} tokens", Assert.Throws<ToolException>(() => Compare(tokens: 300)).Message, StringComparison.Ordinal);
        Assert.Contains("no picture", Assert.Throws<ToolException>(() => Compare(questions: [])).Message, StringComparison.Ordinal);
    }
}
