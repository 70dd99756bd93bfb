using System.Numerics.Tensors;

namespace QwenVl.Model.Sampling;

/// <summary>
/// Chooses from candidates what <see cref="TokenSampler"/> would choose from all logits, or says that the candidates do
/// not tell. Not safe for concurrent use.
/// </summary>
internal sealed class CandidateSampler(SamplingParameters parameters)
{
    private int[] _ids = [];
    private float[] _scores = [];

    /// <returns>False where a token that is no candidate might be chosen.</returns>
    public bool TrySample(TokenCandidates candidates, ReadOnlySpan<int> history, int index, out int id)
    {
        bool isWhole = candidates.Tokens.Length == candidates.VocabularySize;
        id = -1;
        // A penalty under 1 lifts tokens: also those that are not listed.
        if (!isWhole && parameters.RepetitionPenalty < 1) return false;
        int count = candidates.Tokens.Length;
        if (_ids.Length < count) (_ids, _scores) = (new int[count], new float[count]);
        Span<int> ids = _ids.AsSpan(0, count);
        Span<float> scores = _scores.AsSpan(0, count);
        candidates.Tokens.Span.CopyTo(ids);
        candidates.Logits.Span.CopyTo(scores);
        float least = isWhole ? float.NegativeInfinity : scores[^1];
        Penalize(ids, scores, history);
        float largest = TensorPrimitives.Max<float>(scores);
        if (!float.IsFinite(largest)) throw TokenSampler.NotFinite();
        int kept = 1;
        if (parameters.Temperature > 0)
        {
            // Top-p alone is a share of everything, and with neither everything may be drawn.
            if (parameters.TopK == 0 || (!isWhole && parameters.TopK > count)) return false;
            kept = Math.Min(parameters.TopK, count);
            foreach (ref float score in scores) score = MathF.Exp((score - largest) / parameters.Temperature);
            least = MathF.Exp((least - largest) / parameters.Temperature);
        }

        Sort(ids, scores);
        if (!isWhole && scores[kept - 1] <= least) return false;
        id = parameters.Temperature == 0 ? ids[0] : Draw(ids[..kept], scores[..kept], index);
        return true;
    }

    private void Penalize(ReadOnlySpan<int> ids, Span<float> scores, ReadOnlySpan<int> history)
    {
        float penalty = parameters.RepetitionPenalty;
        if (penalty == 1) return;
        for (int i = 0; i < ids.Length; i++)
            if (history.Contains(ids[i])) scores[i] = scores[i] > 0 ? scores[i] / penalty : scores[i] * penalty;
    }

    /// <summary>By falling score, then by id: they come nearly sorted, and an insertion sort leaves sorted ones alone.</summary>
    private static void Sort(Span<int> ids, Span<float> scores)
    {
        for (int i = 1; i < ids.Length; i++)
        {
            (int id, float score) = (ids[i], scores[i]);
            int at = i;
            for (; at > 0 && (scores[at - 1] < score || (scores[at - 1] == score && ids[at - 1] > id)); at--)
                (ids[at], scores[at]) = (ids[at - 1], scores[at - 1]);
            (ids[at], scores[at]) = (id, score);
        }
    }

    private int Draw(ReadOnlySpan<int> ids, ReadOnlySpan<float> scores, int index)
    {
        double total = 0, sum = 0;
        foreach (float score in scores) total += score;
        int kept = scores.Length;
        for (int i = 0; i < kept; i++)
            if ((sum += scores[i]) >= parameters.TopP * total) kept = i + 1;
        double target = 0;
        for (int i = 0; i < kept; i++) target += scores[i];
        target *= TokenSampler.Uniform(parameters.Seed, index);
        for (int i = 0; i < kept; i++)
            if ((target -= scores[i]) < 0) return ids[i];
        return ids[0];
    }
}
