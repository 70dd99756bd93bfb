using QwenVl.Engines.Tool.Display;

namespace QwenVl.Engines.Tool.Verification.Parity;

/// <summary>Which tokens of the reference's answers would have been chosen. Only those that it is sure of have to be.</summary>
/// <param name="how">How they were computed, at the end of a line's name.</param>
internal sealed class TokenParity(string how)
{
    private static readonly string Gap = $"{Quantities.Percent(ParityLimits.ClearGap)} of scale";

    private string? _first;
    private int _clear;
    private int _wrong;
    private int _unclear;
    private int _other;

    public void Add(ReferenceAnswer expected, IReadOnlyList<int> choices)
    {
        for (int token = 0; token < expected.Tokens.Count; token++)
        {
            bool same = choices[token] == expected.Tokens[token];
            if (!expected.IsClear(token))
            {
                _unclear++;
                if (!same) _other++;
                continue;
            }

            _clear++;
            if (same) continue;
            _wrong++;
            _first ??= $"{expected.Picture} at token {Quantities.Count(token)}, ";
        }
    }

    public IEnumerable<Measurement> Measurements()
    {
        yield return Measurement.Wrong($"greedy tokens{how}", $"{_first}gaps over {Gap}", _wrong, _clear);
        yield return new Measurement($"greedy tokens{how}", $"gaps up to {Gap}", _other, null, $"{Quantities.Count(_other)} of {Quantities.Count(_unclear)} differ", "");
    }
}
