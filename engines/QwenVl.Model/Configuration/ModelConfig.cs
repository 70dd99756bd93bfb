namespace QwenVl.Model.Configuration;

/// <summary>A Qwen3-VL checkpoint's shape, every number read from its <c>config.json</c>; there are no defaults.</summary>
/// <param name="Text">The decoder.</param>
/// <param name="Vision">The vision tower.</param>
/// <param name="ImageTokenId">The id that stands for one visual token in a prompt (<c>&lt;|image_pad|&gt;</c>).</param>
/// <param name="VideoTokenId">The id of <c>&lt;|video_pad|&gt;</c>.</param>
/// <param name="VisionStartTokenId">The id of <c>&lt;|vision_start|&gt;</c>.</param>
/// <param name="VisionEndTokenId">The id of <c>&lt;|vision_end|&gt;</c>.</param>
/// <param name="TieWordEmbeddings">Whether the output head is the embedding table.</param>
/// <param name="StopTokenIds">Ids that end an answer: <c>generation_config.json</c>'s where it names any, else the config's; at least one.</param>
public sealed record ModelConfig(
    TextConfig Text,
    VisionConfig Vision,
    int ImageTokenId,
    int VideoTokenId,
    int VisionStartTokenId,
    int VisionEndTokenId,
    bool TieWordEmbeddings,
    IReadOnlyList<int> StopTokenIds);
