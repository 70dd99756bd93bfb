using QwenVl.Benchmarks.Gpu.Reports;
using QwenVl.TensorRt.Execution;

namespace QwenVl.Benchmarks.Gpu.Recorded;

/// <summary>Every wrong call is a managed exception, and what is done right afterwards still works.</summary>
internal static class WrongCalls
{
    // Where the engine within a plan begins, and where it says which version wrote it: one tagged number each. TensorRT
    // decides by this one; the version in the plan's own header it only tells tools.
    private static ReadOnlySpan<byte> EngineStart => "ptrt"u8;

    private static readonly int[] VersionOffsets = [0x18, 0x1d, 0x22];

    public static void Check(GpuReport report, RecordedRun run, TensorRtRuntime runtime, TensorRtEngine engine, BoundRun bound)
    {
        byte[] plan = File.ReadAllBytes(run.PlanPath);
        byte[] otherVersion = OtherVersion(plan);
        RecordedTensor first = run.Tensors[0];
        (string, Action)[] calls =
        [
            ("a shape of another rank", () => bound.Context.SetInputShape(first.Name, [1])),
            ("a shape beyond the profile", () => bound.Context.SetInputShape(first.Name, [1000, 1, first.Shape[^1]])),
            ("a tensor that does not exist", () => bound.Context.SetInputShape("nobody", [1])),
            ("the shape of an output", () => bound.Context.SetInputShape(run.Tensors[^1].Name, [1, 1])),
            ("address 0", () => bound.Context.SetTensorAddress(first.Name, 0)),
            ("a profile that does not exist", () => bound.Context.SetProfile(7, bound.Stream)),
            ("a run without addresses", () => Fresh(engine, context => context.Enqueue(bound.Stream))),
            ("device memory that is not aligned", () => Fresh(engine, context => context.SetDeviceMemory(8, 1 << 20))),
            ("a tensor of another engine", () => WithOther(runtime, run, other => bound.Context.SetTensorAddress(other.Tensors[0], 256))),
            ("an empty plan", () => runtime.Load([])),
            ("a plan cut in half", () => runtime.Load(plan.AsSpan(0, plan.Length / 2))),
            ("a plan without its last byte", () => runtime.Load(plan.AsSpan(0, plan.Length - 1))),
            ("bytes that are no plan", () => runtime.Load(new byte[1 << 16])),
            ("a plan of another version", () => runtime.Load(otherVersion)),
            ("a plan that does not exist", () => runtime.LoadFile(run.PlanPath + ".none")),
            ("a disposed context", () => Disposed(engine).Enqueue(bound.Stream)),
        ];
        foreach ((string name, Action call) in calls) report.Check($"refused: {name}", () => Refused(call));
        report.Check("after all of that the recorded run is still bit-equal", () =>
        {
            bound.PoisonOutputs();
            bound.Enqueue();
            return $"{bound.CompareOutputs()} bytes";
        });
    }

    private static byte[] OtherVersion(byte[] plan)
    {
        int start = plan.AsSpan().IndexOf(EngineStart);
        byte[] changed = [.. plan];
        foreach (int offset in VersionOffsets) changed[start + offset] ^= 0x0f;
        return changed;
    }

    private static string Refused(Action call)
    {
        try
        {
            call();
        }
        catch (Exception refused)
        {
            return $"{refused.GetType().Name}: {refused.Message.ReplaceLineEndings(" ")}";
        }

        throw new InvalidOperationException("it was accepted");
    }

    private static void Fresh(TensorRtEngine engine, Action<TensorRtContext> use)
    {
        using TensorRtContext context = engine.CreateContext(ContextMemory.UserManaged);
        use(context);
    }

    private static void WithOther(TensorRtRuntime runtime, RecordedRun run, Action<TensorRtEngine> use)
    {
        using TensorRtEngine other = runtime.LoadFile(run.PlanPath);
        use(other);
    }

    private static TensorRtContext Disposed(TensorRtEngine engine)
    {
        TensorRtContext context = engine.CreateContext(ContextMemory.UserManaged);
        context.Dispose();
        return context;
    }
}
