using QwenVl.Engines.Dialects;
using QwenVl.Engines.Graphs;
using QwenVl.Model.Configuration;

namespace QwenVl.Engines.Decoder;

/// <summary>
/// The decoder: <c>input_ids</c> i64 [B, S], <c>visual</c> [R, width] (row 0 zero) and <c>visual_taps</c> [taps, R, width]
/// of the compute type, <c>visual_index</c> i64 [B, S] (0 for text, else a row), <c>position_ids</c> i64 [3, B, S] and the
/// dialect's cache → <c>logits</c> f32 [B, V] of each sequence's last token, and the dialect's new cache rows.
/// </summary>
internal sealed class DecoderGraph(Dialect dialect, ModelConfig config)
{
    private const string Root = "model.language_model.";
    private const string Embedding = Root + "embed_tokens";
    private readonly GraphBuilder _graph = dialect.Graph;
    private readonly TextConfig _text = config.Text;

    public void Emit()
    {
        int taps = config.Vision.TapIndexes.Count;
        Value ids = _graph.Input("input_ids", ElementType.Int64, "B", "S");
        Value visual = _graph.Input("visual", dialect.Compute, "R", _text.HiddenSize);
        Value visualTaps = taps == 0 ? Value.None : _graph.Input("visual_taps", dialect.Compute, taps, "R", _text.HiddenSize);
        Value visualIndex = _graph.Input("visual_index", ElementType.Int64, "B", "S");
        Value positions = _graph.Input("position_ids", ElementType.Int64, 3, "B", "S");

        _graph.EnterScope("rotation");
        IDecoderAttention attention = dialect.DecoderAttention(_text, Angles(positions));
        _graph.EnterScope("embedding");
        Value hidden = Embed(ids, visual, visualIndex);
        for (int layer = 0; layer < _text.Layers; layer++)
        {
            _graph.EnterScope($"layers.{layer}");
            hidden = Layer(hidden, layer, $"{Root}layers.{layer}.", attention);
            // Row 0 is zero: text tokens gain nothing.
            if (layer < taps)
            {
                Value rows = _graph.Gather(_graph.Gather(visualTaps, _graph.Long(layer)), visualIndex);
                hidden = _graph.Add(hidden, rows);
            }
        }

        _graph.EnterScope("head");
        Value last = dialect.LastRows(hidden);
        Value normed = dialect.Narrow(dialect.RmsNorm(last, Root + "norm.weight", _text.RmsNormEpsilon));
        Value logits = dialect.Widen(dialect.Linear(normed, config.TieWordEmbeddings ? Embedding : "lm_head", bias: false));
        _graph.Output("logits", logits, ElementType.Float32, "B", _text.VocabularySize);
        dialect.Rank(logits, _text.VocabularySize);
        attention.Finish();
    }

    private Value Embed(Value ids, Value visual, Value visualIndex)
    {
        Value words = dialect.Rows(Embedding + ".weight", ids);
        Value pictures = _graph.Gather(visual, visualIndex);
        Value isPicture = _graph.Unsqueeze(_graph.Node("Greater", [visualIndex, _graph.Long(0)]), 2);
        return _graph.Node("Where", [isPicture, pictures, words]);
    }

    // Interleaved MRoPE: frequency j turns with the axis j mod 3 while that axis has frequencies left, else with time.
    private Value Angles(Value positions)
    {
        int half = _text.HeadDim / 2;
        var axes = new long[half];
        var frequencies = new float[half];
        for (int j = 0; j < half; j++)
        {
            int axis = j % 3;
            axes[j] = axis > 0 && j < 3 * _text.MropeSection[axis] ? axis : 0;
            frequencies[j] = (float)Math.Pow(_text.RopeTheta, -2.0 * j / _text.HeadDim);
        }

        Value perFrequency = _graph.Gather(_graph.Cast(positions, ElementType.Float32), _graph.Longs(axes));
        return _graph.Multiply(_graph.Transpose(perFrequency, 1, 2, 0), _graph.Floats("frequencies", frequencies, half));
    }

    private Value Layer(Value hidden, int layer, string at, IDecoderAttention attention)
    {
        Value normed = dialect.Narrow(dialect.RmsNorm(hidden, at + "input_layernorm.weight", _text.RmsNormEpsilon));
        Value[] projected = dialect.Linears(normed, at + "self_attn.q_proj", at + "self_attn.k_proj", at + "self_attn.v_proj");
        Value query = Heads(projected[0], _text.Heads, at + "self_attn.q_norm.weight");
        Value key = Heads(projected[1], _text.KeyValueHeads, at + "self_attn.k_norm.weight");
        Value attended = attention.Attend(layer, query, key, projected[2]);
        hidden = _graph.Add(hidden, dialect.Linear(attended, at + "self_attn.o_proj", bias: false));

        normed = dialect.Narrow(dialect.RmsNorm(hidden, at + "post_attention_layernorm.weight", _text.RmsNormEpsilon));
        Value[] gated = dialect.Linears(normed, at + "mlp.gate_proj", at + "mlp.up_proj");
        Value silu = _graph.Multiply(gated[0], _graph.Node("Sigmoid", [gated[0]]));
        Value inner = _graph.Multiply(silu, gated[1]);
        return _graph.Add(hidden, dialect.Linear(inner, at + "mlp.down_proj", bias: false));
    }

    private Value Heads(Value value, int heads, string norm) =>
        dialect.RmsNorm(_graph.Reshape(value, 0, 0, heads, _text.HeadDim), norm, _text.RmsNormEpsilon);
}
