using System.CommandLine;
using QwenVl.Engines.Building;
using QwenVl.Engines.Dialects;
using QwenVl.Engines.Plans;
using QwenVl.Engines.Tool.Building;
using QwenVl.Engines.Tool.Display;
using QwenVl.Engines.Tool.Verification;
using QwenVl.Engines.Tool.Verification.Parity;
using QwenVl.Model.Manifest;
using QwenVl.TensorRt;
using QwenVl.TensorRt.Cuda;
using QwenVl.TensorRt.Inference;

namespace QwenVl.Engines.Tool.Commands;

/// <summary><c>verify DIR</c>: how far a checkpoint's engine is from recorded results, or TensorRT's from ONNX Runtime's.</summary>
internal static class VerifyCommand
{
    private static readonly Argument<string> Source = CheckpointArgument.Create();
    private static readonly Option<string?> Golden = new("--golden") { Description = "Folder of recorded results: cases.json, images.json, tokenizer.jsonl and what they name." };
    private static readonly PlanChoice Plans = new("Compares the TensorRT engine, in bfloat16, with ONNX Runtime's in float32; both are built into the cache where needed.", forHere: true);
    private static readonly ParityChoice Parity = new();
    private static readonly EngineChoice Choice = new();

    public static Command Create()
    {
        var command = new Command("verify", "Compares a checkpoint's engine with recorded results of the reference implementation (--golden), or TensorRT with ONNX Runtime (--trt). Quantised weights have no limits: their differences are stated.") { Source, Golden };
        Plans.AddTo(command);
        Parity.AddTo(command);
        Choice.AddTo(command);
        command.SetAction(RunAsync);
        return command;
    }

    private static Task<int> RunAsync(ParseResult arguments, CancellationToken cancellationToken)
    {
        string directory = CheckpointArgument.Read(arguments, Source);
        string? golden = arguments.GetValue(Golden);
        bool trt = Plans.IsWanted(arguments);
        if (golden is null != trt) throw new ToolException("verify compares with one thing: name recorded results with --golden, or add --trt to compare TensorRT with ONNX Runtime; not both.");
        if (!trt && Parity.Given(arguments) is { } stray) throw new ToolException($"{stray} is for --trt: add it in the place of --golden, or leave {stray} out.");
        if (trt && Choice.Quantising(arguments) is { } quantising) throw new ToolException($"{quantising} is for --golden: TensorRT has no quantised weights. Leave {quantising} out.");
        var console = new ToolConsole(arguments);
        return golden is not null ? VerifyGoldenAsync(arguments, console, directory, golden, cancellationToken) : VerifyParityAsync(arguments, console, directory, cancellationToken);
    }

    private static async Task<int> VerifyGoldenAsync(ParseResult arguments, ToolConsole console, string directory, string golden, CancellationToken cancellationToken)
    {
        EngineBuildOptions options = Choice.Read(arguments);
        GoldenSet set = GoldenSet.Open(golden);
        IReadOnlyList<Measurement> measurements = await console.WithProgressAsync("Verifying", async progress =>
        {
            EngineDirectory engine = await Choice.Cache(arguments).GetOrBuildAsync(directory, options, progress, cancellationToken);
            return await Task.Run(() => new EngineCheck(set, engine).Run(progress, cancellationToken), cancellationToken);
        });
        return Verdict.Write(console, measurements, "quantised weights");
    }

    private static async Task<int> VerifyParityAsync(ParseResult arguments, ToolConsole console, string directory, CancellationToken cancellationToken)
    {
        ParityOptions options = Parity.Read(arguments);
        try
        {
            // Before anything is built: what is missing here is not found later.
            using TensorRtDevice device = TensorRtDevice.Open(new TensorRtDeviceOptions { DeviceIndex = options.Device, LibraryPath = Plans.LibraryPath(arguments) });
            PlanBuildOptions plans = Plans.Read(arguments, device.Library, device.Architecture, options.Device);
            EngineBuildOptions engine = Choice.Read(arguments, TensorRtDialects.For(device.Library.Version.Number), WeightFormat.BFloat16, plans);
            var parity = new TensorRtParity(device, engine, Choice.Cache(arguments), options);
            ParityReport report = await console.WithProgressAsync("Comparing", progress => parity.RunAsync(directory, progress, cancellationToken));
            if (options.Json is { } path) ReportFile.Write(path, report, ParityJson.Readable.ParityReport);
            console.WriteLine($"{report.Tested} in {report.Weights} on {report.Gpu} against {report.Reference} in Float32: {Quantities.Count(report.PictureCount)} pictures in {Quantities.Seconds(TimeSpan.FromSeconds(report.Seconds))}");
            return Verdict.Write(console, report.Differences, "single numbers and close choices");
        }
        catch (TensorRtNotFoundException problem)
        {
            throw PlanChoice.Missing(problem);
        }
        catch (Exception problem) when (problem is CudaUnavailableException or CudaException or TensorRtException or NotSupportedException)
        {
            throw new ToolException(problem.Message, problem);
        }
    }
}
