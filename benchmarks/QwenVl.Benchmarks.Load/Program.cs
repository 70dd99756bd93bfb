using System.CommandLine;
using QwenVl.Benchmarks.Load.Commands;

var root = new RootCommand("Puts load on a server, says what came of it, and checks every answer.")
{
    RunCommand.Create(),
    SaturateCommand.Create(),
    CompareCommand.Create(),
    ReportCommand.Create(),
    BareCommand.Create(),
    NetworksCommand.Create(),
};
return await root.Parse(args).InvokeAsync();
