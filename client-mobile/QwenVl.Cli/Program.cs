using System.CommandLine;
using QwenVl.Cli.Commands;

var root = new RootCommand("Asks Qwen3-VL about pictures: a server begins the answer, this device takes it over and finishes it.")
{
    DemoCommand.Create(),
    AskCommand.Create(),
};
return await root.Parse(args).InvokeAsync();
