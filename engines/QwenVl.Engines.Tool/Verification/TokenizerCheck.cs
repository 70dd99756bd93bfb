using QwenVl.Model.Text;

namespace QwenVl.Engines.Tool.Verification;

/// <summary>Whether texts have the recorded tokens.</summary>
internal static class TokenizerCheck
{
    public static Measurement Run(GoldenSet set, QwenTokenizer tokenizer)
    {
        int wrong = 0, all = 0;
        string first = "tokenizer.jsonl";
        foreach (GoldenText text in set.Texts())
        {
            all++;
            if (tokenizer.EncodeWithSpecialTokens(text.Text).AsSpan().SequenceEqual(text.Ids)) continue;
            if (wrong++ == 0) first = $"tokenizer.jsonl, first in line {all}";
        }

        return Measurement.Wrong("tokens", first, wrong, all);
    }
}
