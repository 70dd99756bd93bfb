using System.Text.Json;
using QwenVl.Client.Device;
using QwenVl.Model.Configuration;
using QwenVl.Model.Prompts;
using QwenVl.Model.Text;

namespace QwenVl.Tests.Client.Fakes;

/// <summary>A checkpoint of nothing but numbers: a token a byte, the template's tokens, and engines that hash what they are given.</summary>
internal static class TinyModel
{
    public const int Stop = 257;
    public const int Width = 4;
    public const int MaxSequenceLength = 512;

    private static readonly string[] Special = ["<|im_start|>", "<|im_end|>", "<|vision_start|>", "<|vision_end|>", "<|image_pad|>", "<|video_pad|>"];
    private static readonly Lazy<string> LazyTokenizerPath = new(WriteTokenizer);
    private static readonly Lazy<QwenTokenizer> LazyTokenizer = new(() => QwenTokenizer.Load(LazyTokenizerPath.Value));

    public static ModelConfig Config { get; } = new(
        new TextConfig(Width, 8, 3, 1, 1, 8, 256 + Special.Length, 4096, 1e-6, 10_000, [2, 1, 1]),
        new VisionConfig(4, 8, 8, 1, Width, 16, 2, 2, 16, [0, 2]),
        ImageTokenId: 260, VideoTokenId: 261, VisionStartTokenId: 258, VisionEndTokenId: 259, TieWordEmbeddings: true, StopTokenIds: [Stop]);

    public static QwenTokenizer Tokenizer => LazyTokenizer.Value;

    public static PromptBuilder Prompts => new(Tokenizer, Config);

    public static DeviceModel Device(Func<HashDecoder>? decoder = null) => new()
    {
        Fingerprint = new string('d', 64),
        TokenizerFingerprint = new string('7', 64),
        Config = Config,
        TokenizerPath = LazyTokenizerPath.Value,
        LoadVision = () => new HashVision(),
        LoadDecoder = decoder ?? (() => new HashDecoder()),
    };

    private static string WriteTokenizer()
    {
        // GPT-2's alphabet: printable bytes are themselves, the others follow from U+0100 on in their order.
        var vocabulary = new Dictionary<string, int>();
        int next = 256;
        for (int value = 0; value < 256; value++)
        {
            bool printable = value is >= 33 and <= 126 or >= 161 and <= 172 or >= 174;
            vocabulary.Add(((char)(printable ? value : next++)).ToString(), value);
        }

        string path = Path.Combine(Directory.CreateTempSubdirectory("qwenvl-").FullName, "tokenizer.json");
        File.WriteAllText(path, JsonSerializer.Serialize(new
        {
            model = new { type = "BPE", vocab = vocabulary, merges = Array.Empty<string>() },
            added_tokens = Special.Select((content, index) => new { id = 256 + index, content, special = true }),
        }));
        return path;
    }
}
