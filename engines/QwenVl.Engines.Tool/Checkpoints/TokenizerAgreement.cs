using QwenVl.Model.Configuration;
using QwenVl.Model.Text;

namespace QwenVl.Engines.Tool.Checkpoints;

/// <summary>Whether a tokenizer and a configuration belong together.</summary>
internal static class TokenizerAgreement
{
    /// <returns>A line a contradiction; none where they agree.</returns>
    public static IReadOnlyList<string> Problems(string path, QwenTokenizer tokenizer, ModelConfig config)
    {
        var problems = new List<string>();
        if (tokenizer.VocabularySize > config.Text.VocabularySize)
            problems.Add($"{path}: ids up to {tokenizer.VocabularySize - 1} where config.json's vocab_size is {config.Text.VocabularySize}; it belongs to another checkpoint.");
        Require("<|im_start|>", null, "");
        Require("<|im_end|>", null, "");
        Require("<|vision_start|>", config.VisionStartTokenId, "vision_start_token_id");
        Require("<|vision_end|>", config.VisionEndTokenId, "vision_end_token_id");
        Require("<|image_pad|>", config.ImageTokenId, "image_token_id");
        Require("<|video_pad|>", config.VideoTokenId, "video_token_id");
        return problems;

        void Require(string token, int? expected, string key)
        {
            try
            {
                int id = tokenizer.SpecialTokenId(token);
                if (expected is { } stated && stated != id) problems.Add($"{path}: {token} is {id} where config.json's {key} is {stated}; it belongs to another checkpoint.");
            }
            catch (ArgumentException)
            {
                problems.Add($"{path}: no token {token}, which the chat template needs; take the checkpoint's own tokenizer.json.");
            }
        }
    }
}
