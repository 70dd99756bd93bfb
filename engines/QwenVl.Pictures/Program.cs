using System.CommandLine;
using QwenVl.Pictures.Commands;

var root = new RootCommand("Draws the pictures that the embedded checkpoints are trained and judged on.")
{
    DrawCommand.Create(),
    ShardsCommand.Create(),
};
return await root.Parse(args).InvokeAsync();
