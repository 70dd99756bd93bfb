using QwenVl.Engines.Tool.Display;

namespace QwenVl.Engines.Tool.Verification.Parity;

/// <summary>Whether the candidates that a decoder ranks on its device are the best of the logits that it computed.</summary>
internal sealed class CandidateParity
{
    private string? _first;
    private int _ranked;
    private int _wrong;

    public void Add(string picture, FedAnswer fed)
    {
        for (int token = 0; token < fed.RankedRight.Count; token++)
        {
            if (fed.RankedRight[token] is not { } right) continue;
            _ranked++;
            if (right) continue;
            _wrong++;
            _first ??= $"{picture} at token {Quantities.Count(token)}";
        }
    }

    /// <summary>Nothing where no decoder ranked any.</summary>
    public IEnumerable<Measurement> Measurements() => _ranked == 0 ? [] : [Measurement.Wrong("ranked candidates", _first ?? "their own logits", _wrong, _ranked)];
}
