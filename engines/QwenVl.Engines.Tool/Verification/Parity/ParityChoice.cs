using System.CommandLine;
using QwenVl.Engines.Tool.Display;

namespace QwenVl.Engines.Tool.Verification.Parity;

/// <summary>The options that say what two runtimes are compared on.</summary>
internal sealed class ParityChoice
{
    private const int UsualPictures = 32;
    private const int UsualTokens = 32;

    private readonly Option<int?> _device = new("--device") { Description = "With --trt: the GPU's number as the driver counts. Default: 0." };
    private readonly Option<string?> _pictures = new("--pictures") { Description = "With --trt: folder with pictures.jsonl, as draw writes it; the first question about each picture is asked." };
    private readonly Option<int?> _limit = new("--limit") { Description = $"With --trt: the most pictures, the first of the list. Default: {UsualPictures}." };
    private readonly Option<int?> _tokens = new("--tokens") { Description = $"With --trt: the most tokens of an answer. Default: {UsualTokens}." };
    private readonly Option<string?> _json = new("--json") { Description = "With --trt: write every difference, versions and the GPU into this file." };

    private Option[] Options => [_device, _pictures, _limit, _tokens, _json];

    /// <summary>Adds the options to a command.</summary>
    public void AddTo(Command command)
    {
        foreach (Option option in Options) command.Options.Add(option);
    }

    /// <summary>The first of the options that the command line has.</summary>
    public string? Given(ParseResult arguments) => Options.FirstOrDefault(option => arguments.GetResult(option) is { Implicit: false })?.Name;

    /// <exception cref="ToolException">An option is missing or out of its range.</exception>
    public ParityOptions Read(ParseResult arguments)
    {
        string folder = arguments.GetValue(_pictures) ?? throw new ToolException("--trt compares two runtimes on pictures: name a folder that draw has written with --pictures.");
        ReportFile.RequireFolder(arguments.GetValue(_json));
        return new ParityOptions(
            Path.GetFullPath(folder),
            AtLeast(_limit, UsualPictures, 1),
            AtLeast(_tokens, UsualTokens, 1),
            AtLeast(_device, 0, 0),
            arguments.GetValue(_json));

        int AtLeast(Option<int?> option, int usual, int least)
        {
            int value = arguments.GetValue(option) ?? usual;
            return value >= least ? value : throw new ToolException($"{option.Name} must be at least {least}.");
        }
    }
}
