using System.CommandLine;
using System.Globalization;
using QwenVl.Runtime.Configuration;

namespace QwenVl.Server.Configuration;

/// <summary>The flags. Each is an option of appsettings.json by another name; a flag that is not given leaves the file's value.</summary>
internal static class ServerCommandLine
{
    /// <summary>Parses the arguments.</summary>
    /// <param name="args">The arguments.</param>
    /// <param name="settings">Receives configuration keys and values.</param>
    /// <returns>Null to go on, or the exit code after help, version or mistakes were printed.</returns>
    public static int? Parse(string[] args, IDictionary<string, string?> settings)
    {
        var flags = new List<Flag>
        {
            new(Text("--model-path", "The checkpoint that writes tokens, a folder as downloaded from Hugging Face. Default: the embedded checkpoint."), Runtime(nameof(RuntimeOptions.ModelPath))),
            new(Text("--engine-cache", "Where built engines are kept."), Runtime(nameof(RuntimeOptions.EngineCache))),
            new(Number("--max-batch-size", "Pictures a batch and sequences a step, 1 to 8. Default 8."), Runtime(nameof(RuntimeOptions.MaxBatchSize))),
            new(Number("--max-queue-delay-ms", "Milliseconds that a picture waits for others to share its batch. Default 0."), Runtime(nameof(RuntimeOptions.MaxQueueDelayMs))),
            new(Number("--feature-cache-mb", "MiB of features kept. Default 256."), Runtime(nameof(RuntimeOptions.FeatureCacheMb))),
            new(Number("--threads", "Threads of one run of a model. Default: one a core."), Runtime(nameof(RuntimeOptions.IntraOpThreads))),
            new(Text("--host", "The address to listen on. Default: all."), Server(nameof(ServerOptions.Host))),
            new(Number("--port", "HTTP. Default 8000."), Server(nameof(ServerOptions.Port))),
            new(Number("--grpc-port", "gRPC, cleartext HTTP/2. Default 8001."), Server(nameof(ServerOptions.GrpcPort))),
            new(Number("--metrics-port", "Prometheus metrics. Default 8002."), Server(nameof(ServerOptions.MetricsPort))),
            new(Text("--ready-file", "Written once the server is ready: its ports and process id as JSON."), Server(nameof(ServerOptions.ReadyFile))),
        };
        var clients = new Option<string[]>("--client-model-path") { Description = "A checkpoint that clients run; repeat for several. Default: the embedded one." };
        var root = new RootCommand("Runs Qwen3-VL for clients that finish answers themselves: features and tokens over gRPC.");
        foreach (Flag flag in flags) root.Options.Add(flag.Option);
        root.Options.Add(clients);
        ParseResult result = root.Parse(args);
        bool goOn = false;
        root.SetAction(_ => goOn = true);
        int exit = result.Invoke();
        if (!goOn) return exit;

        foreach (Flag flag in flags)
            if (flag.Read(result) is { } value) settings[flag.Key] = value;
        string[] paths = result.GetValue(clients) ?? [];
        for (int i = 0; i < paths.Length; i++) settings[$"{Runtime(nameof(RuntimeOptions.ClientModelPaths))}:{i}"] = paths[i];
        return null;
    }

    private static Option<string?> Text(string name, string description) => new(name) { Description = description };

    private static Option<int?> Number(string name, string description) => new(name) { Description = description };

    private static string Runtime(string key) => $"{RuntimeOptions.Section}:{key}";

    private static string Server(string key) => $"{ServerOptions.Section}:{key}";

    private sealed record Flag(Option Option, string Key)
    {
        public string? Read(ParseResult result) => Option switch
        {
            Option<string?> text => result.GetValue(text),
            Option<int?> number => result.GetValue(number)?.ToString(CultureInfo.InvariantCulture),
            _ => null,
        };
    }
}
