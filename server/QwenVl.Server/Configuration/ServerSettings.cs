using System.Net;
using QwenVl.Runtime.Caching;
using QwenVl.Runtime.Configuration;
using QwenVl.Server.Tenancy;

namespace QwenVl.Server.Configuration;

/// <summary>All options, read and checked.</summary>
internal sealed record ServerSettings(RuntimeOptions Runtime, ServerOptions Server)
{
    /// <summary>Whose keys are accepted; null where nobody is asked for one.</summary>
    public ApiKeys? Keys { get; private init; }

    /// <summary>Reads the options.</summary>
    /// <param name="configuration">Files, environment and flags.</param>
    /// <param name="known">Mistakes that were found before.</param>
    /// <exception cref="StartException">There are mistakes; it holds them all.</exception>
    public static ServerSettings Read(IConfiguration configuration, IReadOnlyList<string> known)
    {
        var reader = new OptionsReader(configuration);
        var settings = new ServerSettings(reader.Read<RuntimeOptions>(RuntimeOptions.Section), reader.Read<ServerOptions>(ServerOptions.Section));
        List<string> mistakes = [.. known, .. reader.Mistakes, .. settings.Contradictions()];
        if (settings.Server.ApiKeysFile is { } file) settings = settings with { Keys = ApiKeys.Read(file, mistakes) };
        return mistakes.Count == 0 ? settings : throw new StartException(mistakes);
    }

    private IEnumerable<string> Contradictions()
    {
        IEnumerable<string> clients = Runtime.ClientModelPaths.Count > 0 ? Runtime.ClientModelPaths : [RuntimeOptions.DefaultClientModelPath];
        foreach ((string flag, string path) in clients.Select(path => ("--client-model-path", path)).Prepend(("--model-path", Runtime.ModelPath)))
        {
            bool embedded = path == RuntimeOptions.EmbeddedModelPath || path == RuntimeOptions.DefaultClientModelPath;
            if (!Directory.Exists(path)) yield return $"{flag}: there is no folder {Path.GetFullPath(path)}{(embedded ? ", where the embedded checkpoint should be; name another one" : "")}.";
            else if (!File.Exists(Path.Combine(path, "config.json"))) yield return $"{flag}: {Path.GetFullPath(path)} holds no config.json; name the folder of a checkpoint as it was downloaded.";
        }

        if (Server.Host != ServerOptions.AnyHost && !IPAddress.TryParse(Server.Host, out _))
            yield return $"--host is '{Server.Host}': it takes an IP address, or {ServerOptions.AnyHost} for all.";
        int longest = Runtime.MaxPromptTokens + Runtime.MaxNewTokens;
        if (Runtime.MaxCachedTokens > 0 && Runtime.MaxCachedTokens < longest)
            yield return $"Runtime:MaxCachedTokens is {Runtime.MaxCachedTokens}, but one question may take MaxPromptTokens and MaxNewTokens, {longest} in all: raise it or lower them.";
        if (Runtime.Redis is { } redis && SharedTier.Check(redis) is { } wrong)
            yield return $"--redis: {wrong}; it takes HOST:PORT and options, such as localhost:6379,user=me,ssl=true.";
        int[] ports = [.. new[] { Server.Port, Server.GrpcPort, Server.MetricsPort }.Where(port => port != 0)];
        if (ports.Distinct().Count() < ports.Length)
            yield return $"--port, --grpc-port and --metrics-port are {Server.Port}, {Server.GrpcPort} and {Server.MetricsPort}: they must differ.";
    }
}
