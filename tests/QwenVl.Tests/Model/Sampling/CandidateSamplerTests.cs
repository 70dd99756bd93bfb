using FsCheck.Xunit;
using QwenVl.Model.Sampling;

namespace QwenVl.Tests.Model.Sampling;

public sealed class CandidateSamplerTests
{
    private const int Vocabulary = 300;

    [Property(MaxTest = 500)]
    public void Where_candidates_tell_they_tell_what_all_logits_do(int seed, bool greedy, byte topK, byte share, byte penalty)
    {
        var random = new Random(seed);
        // Few distinct values: ties at every boundary.
        float[] logits = [.. Enumerable.Range(0, Vocabulary).Select(_ => MathF.Round((float)(random.NextDouble() * 12 - 6), random.Next(3)))];
        int[] history = [.. Enumerable.Range(0, 40).Select(_ => random.Next(Vocabulary))];
        var parameters = new SamplingParameters
        {
            Temperature = greedy ? 0 : 0.7f,
            TopK = topK % 80,
            TopP = 1 - share / 300f,
            RepetitionPenalty = penalty < 128 ? 1 : 0.8f + penalty / 256f,
            Seed = (ulong)seed,
        };
        var sampler = new TokenSampler(parameters);

        for (int index = 0; index < 10; index++)
        {
            if (sampler.TrySample(Best(logits, 64), history, index, out int id)) Assert.Equal(sampler.Sample(logits, history, index), id);
            Assert.Equal(greedy || parameters.TopK > 0, sampler.TrySample(Best(logits, Vocabulary), history, index, out int whole));
            if (whole >= 0) Assert.Equal(sampler.Sample(logits, history, index), whole);
        }
    }

    [Theory]
    [InlineData(0f, 0, 1f, 1f, true)]
    [InlineData(0f, 0, 1f, 1.3f, true)]
    [InlineData(0f, 0, 1f, 0.9f, false)]
    [InlineData(1f, 20, 0.8f, 1.1f, true)]
    [InlineData(1f, 0, 0.8f, 1f, false)]
    [InlineData(1f, 0, 1f, 1f, false)]
    [InlineData(1f, 65, 1f, 1f, false)]
    public void Candidates_tell_unless_what_is_not_listed_may_be_chosen(float temperature, int topK, float topP, float penalty, bool tells)
    {
        float[] logits = [.. Enumerable.Range(0, Vocabulary).Select(id => 10 - id * 0.1f)];
        var sampler = new TokenSampler(new SamplingParameters { Temperature = temperature, TopK = topK, TopP = topP, RepetitionPenalty = penalty });

        Assert.Equal(tells, sampler.TrySample(Best(logits, 64), [3, 5], 0, out _));
    }

    [Fact]
    public void A_penalty_on_all_candidates_asks_for_the_logits()
    {
        float[] logits = [.. Enumerable.Range(0, Vocabulary).Select(id => id < 64 ? 2f : 1.9f)];
        var sampler = new TokenSampler(new SamplingParameters { RepetitionPenalty = 2 });
        int[] history = [.. Enumerable.Range(0, 64)];

        Assert.False(sampler.TrySample(Best(logits, 64), history, 0, out _));
        Assert.Equal(64, sampler.Sample(logits, history, 0));
    }

    [Fact]
    public void Logits_that_are_not_finite_are_an_error()
    {
        float[] logits = new float[Vocabulary];
        logits[7] = float.NaN;

        Assert.Contains("not finite", Assert.Throws<InvalidOperationException>(() => new TokenSampler(SamplingParameters.Greedy).TrySample(Best(logits, Vocabulary), [], 0, out _)).Message, StringComparison.Ordinal);
    }

    private static TokenCandidates Best(float[] logits, int count)
    {
        int[] ids = [.. Enumerable.Range(0, logits.Length).OrderByDescending(id => float.IsNaN(logits[id]) ? float.PositiveInfinity : logits[id]).ThenBy(id => id).Take(count)];
        return new TokenCandidates(ids, ids.Select(id => logits[id]).ToArray(), logits.Length);
    }
}
