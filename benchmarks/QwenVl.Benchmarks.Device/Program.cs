using System.CommandLine;
using QwenVl.Benchmarks.Device;
using QwenVl.Benchmarks.Device.Comparing;
using QwenVl.Benchmarks.Device.Speed;
using QwenVl.Benchmarks.Device.Splitting;
using QwenVl.Benchmarks.Device.Weights;
using QwenVl.Client;
using QwenVl.Model.Checkpoints;

var root = new RootCommand("The device's decoder at the shape of Qwen3-VL-2B, with random weights: speed and memory, beside llama.cpp.")
{
    PrepareCommand.Create(), SpeedCommand.Create(), CompareCommand.Create(), SplitCommand.Create(),
};
try
{
    return await root.Parse(args).InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
}
catch (Exception problem) when (problem is QwenVlException or CheckpointException or IOException or BenchmarkException)
{
    await Console.Error.WriteLineAsync(problem.Message);
    return 1;
}
