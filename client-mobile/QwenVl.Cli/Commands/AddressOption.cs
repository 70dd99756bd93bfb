using System.CommandLine;
using System.CommandLine.Parsing;

namespace QwenVl.Cli.Commands;

/// <summary>An option that takes an http:// or https:// address.</summary>
internal static class AddressOption
{
    /// <summary>The option; null where it is not given.</summary>
    public static Option<Uri?> Create(string name, string description) => new(name) { Description = description, CustomParser = Parse };

    private static Uri? Parse(ArgumentResult argument)
    {
        string text = argument.Tokens[0].Value;
        if (Uri.TryCreate(text, UriKind.Absolute, out Uri? address) && (address.Scheme == Uri.UriSchemeHttp || address.Scheme == Uri.UriSchemeHttps)) return address;
        argument.AddError($"{argument.Argument.Name} {text} is no http:// or https:// address, such as http://127.0.0.1:8001.");
        return null;
    }
}
