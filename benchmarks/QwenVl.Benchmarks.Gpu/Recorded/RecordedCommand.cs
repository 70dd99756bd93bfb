using System.CommandLine;
using System.Globalization;
using QwenVl.Benchmarks.Gpu.Reports;
using QwenVl.TensorRt.Cuda;
using QwenVl.TensorRt.Execution;
using QwenVl.TensorRt.Inference;

namespace QwenVl.Benchmarks.Gpu.Recorded;

/// <summary><c>recorded PLAN</c>: a plan and a run of it, repeated through the whole wrapper.</summary>
internal static class RecordedCommand
{
    private const int Repeats = 10_000;
    private const int Samples = 300;

    private static readonly Argument<string> Plan = new("PLAN") { Description = "NAME.plan, beside NAME.golden.json and NAME.golden.bin." };
    private static readonly DeviceOptions Device = new();

    public static Command Create()
    {
        var command = new Command("recorded", "Repeats a recorded run: bit-equal, as a CUDA graph, thousands of times, from two threads; and calls everything wrongly.") { Plan };
        Device.AddTo(command);
        command.SetAction(Run);
        return command;
    }

    private static int Run(ParseResult arguments)
    {
        RecordedRun run = RecordedRun.Read(arguments.GetRequiredValue(Plan));
        using TensorRtDevice device = Device.Open(arguments);
        GpuReport report = GpuReport.On(device);
        using TensorRtRuntime runtime = device.Library.CreateRuntime();
        // The plan brings code for the host, since it is made to run on other versions than its own.
        runtime.EngineHostCodeAllowed = true;
        using TensorRtEngine engine = runtime.LoadFile(run.PlanPath);
        using (var bound = new BoundRun(engine, run, device.Context))
        {
            report.Measured("engine", string.Create(CultureInfo.InvariantCulture, $"{engine.Tensors.Count} tensors, {engine.ProfileCount} profiles, {engine.LayerCount} layers, {engine.DeviceMemorySize} bytes of activations"));
            report.Check("the run is bit-equal", () => Compared(bound, bound.Enqueue));
            using CudaGraphExec graph = Record(bound);
            report.Check("as a CUDA graph it is bit-equal", () => Compared(bound, () => graph.Launch(bound.Stream)));
            report.Measured("a run kernel by kernel", Time(device.Context, bound.Stream, bound.Enqueue));
            report.Measured("a run as a CUDA graph", Time(device.Context, bound.Stream, () => graph.Launch(bound.Stream)));
            report.Check("runs take no more memory, the more there are", () => Growth.Of(device.Context, Repeats, bound.Enqueue, bound.Stream.Synchronize));
            report.Check("graphs take no more memory, the more there are", () => Growth.Of(device.Context, Repeats, () => graph.Launch(bound.Stream), bound.Stream.Synchronize));
            report.Check("contexts take no more memory, the more there were", () => Growth.Of(device.Context, 200, () => engine.CreateContext(ContextMemory.UserManaged).Dispose(), bound.Stream.Synchronize));
            report.Check("two contexts on two streams and threads are both bit-equal", () => TwoAtOnce(device, engine, run));
            report.Check("a context that goes to the other profile and back is bit-equal", () => ThereAndBack(engine, bound, run));
            WrongCalls.Check(report, run, runtime, engine, bound);
        }

        report.Check("all device memory was given back", () => device.Driver.Memory.DeviceBytes == 0 ? "0 bytes" : throw new InvalidDataException($"{device.Driver.Memory.DeviceBytes} bytes are held"));
        return report.Finish(Device.Json(arguments));
    }

    private static string Compared(BoundRun bound, Action start)
    {
        bound.PoisonOutputs();
        start();
        return $"{bound.CompareOutputs()} bytes";
    }

    private static CudaGraphExec Record(BoundRun bound)
    {
        bound.Enqueue();
        bound.Stream.Synchronize();
        using CudaGraph graph = bound.Stream.Capture(bound.Enqueue);
        return graph.Instantiate();
    }

    private static string Time(CudaContext context, CudaStream stream, Action run)
    {
        double[] microseconds = [.. Timing.Sample(context, stream, Samples, run).Select(time => time.TotalMicroseconds)];
        return string.Create(CultureInfo.InvariantCulture, $"median {microseconds[Samples / 2]:0.0} µs, 1st percentile {microseconds[Samples / 100]:0.0}, 99th {microseconds[Samples * 99 / 100]:0.0}, of {Samples}");
    }

    private static string TwoAtOnce(TensorRtDevice device, TensorRtEngine engine, RecordedRun run)
    {
        const int Rounds = 1000;
        var failures = new Exception?[2];
        Thread[] threads = [.. Enumerable.Range(0, 2).Select(index => new Thread(() =>
        {
            try
            {
                device.Context.MakeCurrent();
                using var own = new BoundRun(engine, run, device.Context);
                for (int round = 0; round < Rounds; round++)
                {
                    own.Enqueue();
                    if (round % 50 == 0) Compared(own, own.Enqueue);
                }

                own.CompareOutputs();
            }
            catch (Exception error)
            {
                failures[index] = error;
            }
        }))];
        foreach (Thread thread in threads) thread.Start();
        foreach (Thread thread in threads) thread.Join();
        return Array.Find(failures, failure => failure is not null) is { } failed ? throw failed : $"{Rounds} runs each";
    }

    private static string ThereAndBack(TensorRtEngine engine, BoundRun bound, RecordedRun run)
    {
        bound.Context.SetProfile(engine.ProfileCount - 1, bound.Stream);
        bound.Context.SetProfile(0, bound.Stream);
        foreach (RecordedTensor tensor in run.Tensors)
            if (engine.Tensor(tensor.Name).IsDynamicInput) bound.Context.SetInputShape(tensor.Name, QwenVl.TensorRt.TensorShape.Create(tensor.Shape));
        return Compared(bound, bound.Enqueue);
    }
}
