using System.Numerics.Tensors;

namespace QwenVl.Model.Sampling;

/// <summary>Chooses tokens for one answer. Not safe for concurrent use; its buffers are reused from token to token.</summary>
public sealed class TokenSampler
{
    // Shares of the best token's probability.
    private const float FirstThreshold = 0.25f;
    private const float ThresholdStep = 0.125f;
    private const double RoundingMargin = 1e-9;

    private readonly SamplingParameters _parameters;
    private readonly Comparison<int> _byScore;
    private readonly CandidateSampler _candidates;
    private float[] _scores = [];
    private int[] _order = [];

    /// <exception cref="ArgumentException">A parameter is out of range.</exception>
    public TokenSampler(SamplingParameters parameters)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        if (parameters.Problem is { } problem) throw new ArgumentException(problem, nameof(parameters));
        (_parameters, _byScore, _candidates) = (parameters, ByFallingScore, new CandidateSampler(parameters));
    }

    /// <summary>Chooses the token of index <paramref name="index"/> of the answer.</summary>
    /// <param name="logits">One number a vocabulary entry; not changed.</param>
    /// <param name="history">The tokens so far, prompt and answer, for the repetition penalty.</param>
    /// <param name="index">The answer's tokens so far.</param>
    public int Sample(ReadOnlySpan<float> logits, ReadOnlySpan<int> history, int index)
    {
        if (_parameters.RepetitionPenalty == 1 && _parameters.Temperature == 0) return IndexOfMax(logits);
        if (_scores.Length != logits.Length) _scores = new float[logits.Length];
        logits.CopyTo(_scores);
        Penalize(logits, history);
        return _parameters.Temperature == 0 ? IndexOfMax(_scores) : Draw(index);
    }

    /// <summary>Chooses the same token from a step's best candidates, where they tell.</summary>
    /// <param name="candidates">The best tokens before any penalty.</param>
    /// <param name="history">The tokens so far, prompt and answer.</param>
    /// <param name="index">The answer's tokens so far.</param>
    /// <param name="id">The token.</param>
    /// <returns>False where the choice needs all logits: top-p without top-k, more kept tokens than candidates, or penalties that may lift others over them.</returns>
    public bool TrySample(TokenCandidates candidates, ReadOnlySpan<int> history, int index, out int id) =>
        _candidates.TrySample(candidates, history, index, out id);

    /// <summary>SplitMix64 of seed and index: a number in 0 to 1.</summary>
    internal static double Uniform(ulong seed, int index)
    {
        ulong state = seed + 0x9e3779b97f4a7c15 * ((ulong)index + 1);
        state = (state ^ (state >> 30)) * 0xbf58476d1ce4e5b9;
        state = (state ^ (state >> 27)) * 0x94d049bb133111eb;
        return ((state ^ (state >> 31)) >> 11) * (1.0 / (1ul << 53));
    }

    internal static InvalidOperationException NotFinite() => new("The logits are not finite: the checkpoint is damaged or overflows in this weight format.");

    private static int IndexOfMax(ReadOnlySpan<float> values)
    {
        int best = TensorPrimitives.IndexOfMax(values);
        return best < 0 || !float.IsFinite(values[best]) ? throw NotFinite() : best;
    }

    private void Penalize(ReadOnlySpan<float> logits, ReadOnlySpan<int> history)
    {
        float penalty = _parameters.RepetitionPenalty;
        if (penalty == 1) return;
        foreach (int id in history)
            if ((uint)id < (uint)_scores.Length) _scores[id] = logits[id] > 0 ? logits[id] / penalty : logits[id] * penalty;
    }

    private int Draw(int index)
    {
        int best = IndexOfMax(_scores);
        float largest = _scores[best];
        for (int i = 0; i < _scores.Length; i++) _scores[i] = MathF.Exp((_scores[i] - largest) / _parameters.Temperature);

        int kept = Keep();
        double total = 0;
        for (int i = 0; i < kept; i++) total += _scores[_order[i]];
        double target = Uniform(_parameters.Seed, index) * total;
        for (int i = 0; i < kept; i++)
            if ((target -= _scores[_order[i]]) < 0) return _order[i];
        return best;
    }

    /// <summary>Puts the tokens that top-k and top-p keep first in the order, by falling score, and returns how many they are. Where all are kept their order does not matter.</summary>
    private int Keep()
    {
        if (_order.Length != _scores.Length) _order = new int[_scores.Length];
        if (_parameters is { TopK: 0, TopP: 1 })
        {
            for (int i = 0; i < _order.Length; i++) _order[i] = i;
            return _order.Length;
        }

        // Top-p is a share of what top-k leaves, which is everything where top-k is off: summed once, and used for both.
        double total = _parameters.TopK == 0 ? Total() : 0, sum = 0;
        int candidates = Candidates(total);
        _order.AsSpan(0, candidates).Sort(_byScore);
        int kept = candidates;
        if (_parameters.TopK > 0)
        {
            kept = Math.Min(_parameters.TopK, candidates);
            for (int i = 0; i < kept; i++) total += _scores[_order[i]];
        }

        for (int i = 0; i < kept; i++)
            if ((sum += _scores[_order[i]]) >= _parameters.TopP * total) return i + 1;
        return kept;
    }

    /// <summary>
    /// Collects every token down to a score at which there are enough for top-k, or at which top-p is reached: a few
    /// passes over the vocabulary and a short sort, where sorting all of it would take longer than a step of the decoder.
    /// </summary>
    /// <param name="total">The sum of all scores; not read where top-k is on.</param>
    private int Candidates(double total)
    {
        int enough = _parameters.TopK == 0 ? int.MaxValue : _parameters.TopK;
        // A little more than needed: sums in another order may round differently.
        double share = _parameters.TopK == 0 ? (_parameters.TopP + RoundingMargin) * total : double.MaxValue;
        for (float least = FirstThreshold; ; least *= ThresholdStep)
        {
            int count = 0;
            double sum = 0;
            for (int i = 0; i < _scores.Length; i++)
            {
                if (_scores[i] < least) continue;
                sum += _scores[i];
                _order[count++] = i;
            }

            if (count >= enough || sum >= share || least == 0) return count;
        }
    }

    private double Total()
    {
        double total = 0;
        foreach (float score in _scores) total += score;
        return total;
    }

    private int ByFallingScore(int left, int right) =>
        _scores[left] != _scores[right] ? _scores[right].CompareTo(_scores[left]) : left.CompareTo(right);
}
