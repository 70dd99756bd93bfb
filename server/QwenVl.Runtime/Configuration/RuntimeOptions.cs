using System.ComponentModel.DataAnnotations;

namespace QwenVl.Runtime.Configuration;

/// <summary>What is hosted and how much is accepted. Bound from the section "Runtime"; command line flags have precedence.</summary>
public sealed class RuntimeOptions
{
    /// <summary>The section's name.</summary>
    public const string Section = "Runtime";

    /// <summary>The checkpoint that writes tokens: a folder in Hugging Face layout.</summary>
    [Required]
    public string ModelPath { get; set; } = EmbeddedModelPath;

    /// <summary>The checkpoints that clients run; of each the vision tower is hosted. None: <see cref="DefaultClientModelPath"/>.</summary>
    public IList<string> ClientModelPaths { get; } = [];

    /// <summary>Where built engines are kept; null for the user's own cache folder.</summary>
    public string? EngineCache { get; set; }

    /// <summary>Whether TensorRT runs the models, on a GPU.</summary>
    public TensorRtUse UseTrt { get; set; }

    /// <summary>The folder of TensorRT's libraries; null to look where they are usually installed.</summary>
    public string? TrtPath { get; set; }

    /// <summary>The number of the GPU, as the driver counts them from 0.</summary>
    [Range(0, 1024)]
    public int Device { get; set; }

    /// <summary>Pictures a batch of a vision tower, and sequences a step of the decoder.</summary>
    [Range(1, 8)]
    public int MaxBatchSize { get; set; } = 8;

    /// <summary>Milliseconds that a picture waits for others when the tower is idle.</summary>
    [Range(0, 1000)]
    public int MaxQueueDelayMs { get; set; }

    /// <summary>Pictures that may wait for preprocessing and for a tower, and questions that may wait for the decoder.</summary>
    [Range(1, 100_000)]
    public int MaxQueueLength { get; set; } = 256;

    /// <summary>Milliseconds that a picture or a question may have to wait, as fast as work is done lately; who would wait longer is refused at once.</summary>
    [Range(1, 3_600_000)]
    public int MaxQueueWaitMs { get; set; } = 5000;

    /// <summary>MiB of features kept.</summary>
    [Range(0, 1 << 20)]
    public int FeatureCacheMb { get; set; } = 256;

    /// <summary>MiB of encoded pictures kept, so that clients need not upload them again.</summary>
    [Range(0, 1 << 20)]
    public int ImageCacheMb { get; set; } = 256;

    /// <summary>A server that speaks Redis' protocol, and keeps features for several servers: HOST:PORT and options, as StackExchange.Redis takes them. Null: none.</summary>
    public string? Redis { get; set; }

    /// <summary>Milliseconds that a lookup there may take; later it is a miss.</summary>
    [Range(1, 60_000)]
    public int RedisReadTimeoutMs { get; set; } = 50;

    /// <summary>Seconds after which features there expire; 0 for never.</summary>
    [Range(0, int.MaxValue)]
    public int RedisTtlSeconds { get; set; } = 24 * 60 * 60;

    /// <summary>Bytes of an encoded picture.</summary>
    [Range(1, 1 << 30)]
    public int MaxImageBytes { get; set; } = 20 << 20;

    /// <summary>Pixels of an encoded picture: its header is checked before anything is decoded.</summary>
    [Range(1, 1 << 30)]
    public int MaxImagePixels { get; set; } = 100_000_000;

    /// <summary>
    /// Whether every pixel of a picture is decoded. Otherwise a JPEG whose sides are more than four times those that it is
    /// resized to is decoded at a half, a quarter or an eighth of its size. Measured with the embedded tower: resized pixels are
    /// 0.5 of 255 levels apart in the mean, the cosine of a token's features is over 0.9999 in the mean and over 0.999 at least.
    /// </summary>
    public bool ExactPreprocessing { get; set; }

    /// <summary>Pictures that are decoded and resized at a time; 0 for the number of cores.</summary>
    [Range(0, 1024)]
    public int PreprocessWorkers { get; set; }

    /// <summary>MiB that decoded pictures and their patches may take; what does not fit waits.</summary>
    [Range(16, 1 << 20)]
    public int PreprocessMemoryMb { get; set; } = 1024;

    /// <summary>Pictures a stream may hold.</summary>
    [Range(1, 10_000)]
    public int MaxImagesPerStream { get; set; } = 16;

    /// <summary>MiB of encoded pictures that all open streams may hold.</summary>
    [Range(1, 1 << 20)]
    public int MaxImageMemoryMb { get; set; } = 1024;

    /// <summary>MiB of encoded pictures that the open streams of one tenant may hold; 0 for as many as all.</summary>
    [Range(0, 1 << 20)]
    public int MaxImageMemoryMbPerTenant { get; set; }

    /// <summary>Questions of a stream that may be under way at a time.</summary>
    [Range(1, 1000)]
    public int MaxConcurrentQuestions { get; set; } = 4;

    /// <summary>Tokens of a prompt, visual ones included.</summary>
    [Range(16, 1 << 20)]
    public int MaxPromptTokens { get; set; } = 8192;

    /// <summary>Tokens of an answer.</summary>
    [Range(1, 1 << 16)]
    public int MaxNewTokens { get; set; } = 1024;

    /// <summary>Prompt tokens that one sequence prefills before others get their next step.</summary>
    [Range(16, 1 << 16)]
    public int PrefillChunkTokens { get; set; } = 512;

    /// <summary>
    /// Tokens of one step of the decoder, of all sequences together: those that decode come first, prompts get the rest. It
    /// bounds the time between two tokens while somebody brings a long prompt.
    /// </summary>
    [Range(16, 1 << 16)]
    public int MaxStepTokens { get; set; } = 512;

    /// <summary>Sequences in the decoder; more than <see cref="MaxBatchSize"/> take turns, where the backend can hold them. 0: as many as a step takes.</summary>
    [Range(0, 4096)]
    public int MaxSequences { get; set; }

    /// <summary>Tokens of the key-value cache, of all sequences together; a question waits until prompt and longest answer fit. 0: as many as all sequences may hold.</summary>
    [Range(0, int.MaxValue)]
    public int MaxCachedTokens { get; set; }

    /// <summary>Threads of one run of a model; 0 for the number of cores.</summary>
    [Range(0, 1024)]
    public int IntraOpThreads { get; set; }

    /// <summary>The checkpoint that writes tokens when none is named.</summary>
    public static string EmbeddedModelPath => Path.Combine(AppContext.BaseDirectory, "nano", "cloud");

    /// <summary>The client checkpoint hosted when none is named.</summary>
    public static string DefaultClientModelPath => Path.Combine(AppContext.BaseDirectory, "nano", "device");
}
