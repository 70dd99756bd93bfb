using System.CommandLine;
using QwenVl.Runtime.Configuration;

namespace QwenVl.Server.Configuration;

/// <summary>The flags. Each is an option of appsettings.json by another name; a flag that is not given leaves the file's value.</summary>
internal static class ServerCommandLine
{
    // Values are text here: the options' own reader checks them, so that flags and files are told of in the same words.
    private static readonly Flag[] Flags =
    [
        new("--model-path", Runtime(nameof(RuntimeOptions.ModelPath)), "The checkpoint that writes tokens, a folder as downloaded from Hugging Face. Default: the embedded checkpoint."),
        new("--engine-cache", Runtime(nameof(RuntimeOptions.EngineCache)), "Where built engines are kept."),
        new("--use-trt", Runtime(nameof(RuntimeOptions.UseTrt)), "Run on a GPU with TensorRT: on (what the bare flag says), off, or auto, which falls back to ONNX Runtime. Default off.", Implied: "on"),
        new("--trt-path", Runtime(nameof(RuntimeOptions.TrtPath)), "The folder of TensorRT's libraries. Default: where they are usually installed."),
        new("--device", Runtime(nameof(RuntimeOptions.Device)), "The GPU's number. Default 0."),
        new("--max-batch-size", Runtime(nameof(RuntimeOptions.MaxBatchSize)), "Pictures a batch and sequences a step, 1 to 8. Default 8."),
        new("--max-queue-length", Runtime(nameof(RuntimeOptions.MaxQueueLength)), "Pictures that may wait for a tower, and questions for the decoder. Default 256."),
        new("--max-queue-wait-ms", Runtime(nameof(RuntimeOptions.MaxQueueWaitMs)), "Who would wait longer than this, as fast as work is done lately, is refused at once. Default 5000."),
        new("--max-queue-delay-ms", Runtime(nameof(RuntimeOptions.MaxQueueDelayMs)), "Milliseconds that a picture waits for others to share its batch. Default 0."),
        new("--feature-cache-mb", Runtime(nameof(RuntimeOptions.FeatureCacheMb)), "MiB of features kept. Default 256."),
        new("--image-cache-mb", Runtime(nameof(RuntimeOptions.ImageCacheMb)), "MiB of encoded pictures kept, to spare uploads. Default 256."),
        new("--redis", Runtime(nameof(RuntimeOptions.Redis)), "HOST:PORT[,OPTIONS] of a server that speaks Redis' protocol, to share features with other servers. Default: none."),
        new("--exact-preprocessing", Runtime(nameof(RuntimeOptions.ExactPreprocessing)), "Decode every pixel of pictures that are far larger than needed: true (what the bare flag says) or false. Default false.", Implied: "true"),
        new("--preprocess-workers", Runtime(nameof(RuntimeOptions.PreprocessWorkers)), "Pictures decoded and resized at a time. Default: one a core."),
        new("--preprocess-memory-mb", Runtime(nameof(RuntimeOptions.PreprocessMemoryMb)), "MiB for decoded pictures and their patches. Default 1024."),
        new("--threads", Runtime(nameof(RuntimeOptions.IntraOpThreads)), "Threads of one run of a model. Default: one a core."),
        new("--host", Server(nameof(ServerOptions.Host)), "The address to listen on. Default: all."),
        new("--port", Server(nameof(ServerOptions.Port)), "HTTP. Default 8000."),
        new("--grpc-port", Server(nameof(ServerOptions.GrpcPort)), "gRPC, cleartext HTTP/2. Default 8001."),
        new("--metrics-port", Server(nameof(ServerOptions.MetricsPort)), "Prometheus metrics. Default 8002."),
        new("--max-streams", Server(nameof(ServerOptions.MaxStreams)), "Streams open at a time. Default 256."),
        new("--max-streams-per-tenant", Server(nameof(ServerOptions.MaxStreamsPerTenant)), "Streams of one tenant open at a time. Default: as many as of all."),
        new("--api-keys-file", Server(nameof(ServerOptions.ApiKeysFile)), "A file of lines 'tenant-name sha256-of-key': every request must bring a key. Default: nobody is asked."),
        new("--ready-file", Server(nameof(ServerOptions.ReadyFile)), "Written once the server is ready: its ports and process id as JSON."),
        new("--client-model-path", Runtime(nameof(RuntimeOptions.ClientModelPaths)), "A checkpoint that clients run; repeat for several. Default: the embedded one.", IsRepeatable: true),
    ];

    /// <summary>Parses the arguments; help and version are printed at once.</summary>
    public static CommandLine Parse(string[] args)
    {
        bool goOn = false;
        var root = new RootCommand("Runs Qwen3-VL for clients that finish answers themselves: features and tokens over gRPC.");
        Dictionary<Flag, Option> options = Flags.ToDictionary(flag => flag, flag => flag.ToOption());
        foreach (Option option in options.Values) root.Options.Add(option);
        root.SetAction(_ => goOn = true);
        ParseResult result = root.Parse(args);
        if (result.Errors.Count > 0) return new CommandLine(new Dictionary<string, string?>(), [.. result.Errors.Select(error => error.Message)]);
        int exit = result.Invoke();
        if (!goOn) return new CommandLine(new Dictionary<string, string?>(), [], exit);

        var settings = new Dictionary<string, string?>();
        foreach ((Flag flag, Option option) in options)
        {
            if (option is Option<string[]> repeated)
            {
                string[] values = result.GetValue(repeated) ?? [];
                for (int i = 0; i < values.Length; i++) settings[$"{flag.Key}:{i}"] = values[i];
            }
            else if (result.GetResult(option) is { Implicit: false })
            {
                settings[flag.Key] = result.GetValue((Option<string?>)option) ?? flag.Implied;
            }
        }

        return new CommandLine(settings, []);
    }

    /// <summary>What people call an option: its flag, or its key where it has none.</summary>
    public static string NameOf(string key) => Flags.FirstOrDefault(flag => flag.Key == key)?.Name ?? key;

    private static string Runtime(string key) => $"{RuntimeOptions.Section}:{key}";

    private static string Server(string key) => $"{ServerOptions.Section}:{key}";

    private sealed record Flag(string Name, string Key, string Description, bool IsRepeatable = false, string? Implied = null)
    {
        public Option ToOption() => IsRepeatable
            ? new Option<string[]>(Name) { Description = Description }
            : new Option<string?>(Name) { Description = Description, Arity = Implied is null ? ArgumentArity.ExactlyOne : ArgumentArity.ZeroOrOne };
    }
}
