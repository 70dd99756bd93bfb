using System.CommandLine;
using QwenVl.Benchmarks.Gpu.Recorded;
using QwenVl.Benchmarks.Gpu.Speed;
using QwenVl.Model.Checkpoints;
using QwenVl.TensorRt;
using QwenVl.TensorRt.Cuda;

var root = new RootCommand("Checks and timings that need a GPU with TensorRT.") { RecordedCommand.Create(), SpeedCommand.Create() };
try
{
    return await root.Parse(args).InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
}
catch (Exception missing) when (missing is CudaUnavailableException or CudaException or TensorRtException or CheckpointException or IOException or NotSupportedException)
{
    await Console.Error.WriteLineAsync(missing.Message);
    return 1;
}
