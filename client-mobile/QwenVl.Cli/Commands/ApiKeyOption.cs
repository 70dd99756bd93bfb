using System.CommandLine;

namespace QwenVl.Cli.Commands;

/// <summary><c>--api-key</c>, or the variable that keeps the key out of the list of processes.</summary>
internal static class ApiKeyOption
{
    private const string Variable = "QWENVL_API_KEY";

    /// <summary>The option; null where neither it nor the variable is given.</summary>
    public static Option<string?> Create() => new("--api-key")
    {
        Description = $"The key that the server asks for. Default: the environment variable {Variable}, which other users of this machine cannot read.",
        DefaultValueFactory = _ => Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } key ? key : null,
    };
}
