using System.CommandLine;
using QwenVl.Benchmarks.Gpu.Recorded;
using QwenVl.Benchmarks.Gpu.Speed;

return await new RootCommand("Checks and timings that need a GPU with TensorRT.") { RecordedCommand.Create(), SpeedCommand.Create() }.Parse(args).InvokeAsync();
