using QwenVl.Model.Sampling;

namespace QwenVl.Tests.Model.Sampling;

public sealed class TokenSamplerTests
{
    private static readonly float[] Logits = [1, 4, 3, -2];

    [Fact]
    public void Greedy_takes_the_best() => Assert.Equal(1, new TokenSampler(SamplingParameters.Greedy).Sample(Logits, [], 0));

    [Fact]
    public void A_repeated_token_loses_to_the_next_best_under_a_penalty() =>
        Assert.Equal(2, new TokenSampler(new SamplingParameters { RepetitionPenalty = 2 }).Sample(Logits, [1], 0));

    [Fact]
    public void Top_k_of_one_is_greedy_at_any_temperature()
    {
        var sampler = new TokenSampler(new SamplingParameters { Temperature = 5, TopK = 1 });

        Assert.All(Enumerable.Range(0, 50), index => Assert.Equal(1, sampler.Sample(Logits, [], index)));
    }

    [Fact]
    public void Frequencies_are_the_probabilities()
    {
        var sampler = new TokenSampler(new SamplingParameters { Temperature = 1, Seed = 7 });
        double[] weights = [.. Logits.Select(logit => Math.Exp(logit))];
        var counts = new int[Logits.Length];
        const int Draws = 20_000;
        for (int index = 0; index < Draws; index++) counts[sampler.Sample(Logits, [], index)]++;

        for (int i = 0; i < counts.Length; i++) Assert.Equal(weights[i] / weights.Sum(), counts[i] / (double)Draws, 0.015);
    }

    [Fact]
    public void Top_p_drops_the_tail()
    {
        var sampler = new TokenSampler(new SamplingParameters { Temperature = 1, TopP = 0.9f, Seed = 3 });

        Assert.All(Enumerable.Range(0, 1000), index => Assert.InRange(sampler.Sample(Logits, [], index), 1, 2));
    }

    [Fact]
    public void The_draw_of_an_index_does_not_depend_on_who_drew_before()
    {
        var parameters = new SamplingParameters { Temperature = 1, Seed = 11 };
        var first = new TokenSampler(parameters);
        int[] whole = [.. Enumerable.Range(0, 20).Select(index => first.Sample(Logits, [], index))];
        var second = new TokenSampler(parameters);

        Assert.Equal(whole[10..], Enumerable.Range(10, 10).Select(index => second.Sample(Logits, [], index)));
    }

    [Theory]
    [InlineData(0, 0.8f)]
    [InlineData(20, 1)]
    [InlineData(20, 0.8f)]
    [InlineData(5000, 0.99f)]
    public void Only_what_a_full_sort_would_keep_is_ever_drawn(int topK, float topP)
    {
        var random = new Random(5);
        float[] logits = [.. Enumerable.Range(0, 2000).Select(_ => random.NextSingle() * 12 - 6)];
        var sampler = new TokenSampler(new SamplingParameters { Temperature = 0.7f, TopK = topK, TopP = topP, Seed = 9 });
        (int Id, double Weight)[] sorted = [.. logits.Select((logit, id) => (id, Math.Exp(logit / 0.7))).OrderByDescending(entry => entry.Item2)];
        if (topK > 0) sorted = sorted[..Math.Min(topK, sorted.Length)];
        double total = sorted.Sum(entry => entry.Weight), sum = 0;
        HashSet<int> kept = [.. sorted.TakeWhile(entry => (sum += entry.Weight) - entry.Weight < topP * total).Select(entry => entry.Id)];

        HashSet<int> drawn = [.. Enumerable.Range(0, 20_000).Select(index => sampler.Sample(logits, [], index))];

        Assert.Subset(kept, drawn);
        Assert.Contains(sorted[0].Id, drawn);
        // Rare ones may not come in so many draws, common ones must.
        Assert.Superset(sorted.Take(5).Select(entry => entry.Id).ToHashSet(), drawn);
    }

    [Fact]
    public void Logits_that_are_not_numbers_are_an_error() =>
        Assert.Throws<InvalidOperationException>(() => new TokenSampler(SamplingParameters.Greedy).Sample([float.NaN, 1], [], 0));

    [Theory]
    [InlineData(-1, 1, 0, 1)]
    [InlineData(float.NaN, 1, 0, 1)]
    [InlineData(1, 0, 0, 1)]
    [InlineData(1, 1.1f, 0, 1)]
    [InlineData(1, 1, -1, 1)]
    [InlineData(1, 1, 0, 0)]
    public void Parameters_out_of_range_are_refused(float temperature, float topP, int topK, float penalty) =>
        Assert.Throws<ArgumentException>(() => new TokenSampler(new SamplingParameters { Temperature = temperature, TopP = topP, TopK = topK, RepetitionPenalty = penalty }));
}
