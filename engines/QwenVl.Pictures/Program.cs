using System.CommandLine;
using QwenVl.Pictures.Commands;

var root = new RootCommand("Draws the pictures that the embedded checkpoints are trained and judged on.")
{
    DrawCommand.Create(),
    ShardsCommand.Create(),
};
try
{
    return await root.Parse(args).InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
}
catch (Exception problem) when (problem is IOException or InvalidDataException or UnauthorizedAccessException)
{
    Console.Error.WriteLine(problem.Message);
    return 1;
}
catch (OperationCanceledException)
{
    return 130;
}
