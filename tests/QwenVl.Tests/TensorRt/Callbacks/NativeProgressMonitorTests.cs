using System.Text;
using QwenVl.TensorRt.Building;
using QwenVl.TensorRt.Callbacks;

namespace QwenVl.Tests.TensorRt.Callbacks;

public sealed unsafe class NativeProgressMonitorTests
{
    private readonly List<TensorRtBuildProgress> _reports = [];

    [Fact]
    public void Phases_and_steps_are_reported_with_their_parents_and_totals()
    {
        var monitor = new NativeProgressMonitor(new Reporter(_reports.Add), CancellationToken.None);
        using CallbackObject native = monitor.Native;

        Start(native, "build", null, 2);
        Start(native, "tactics", "build", 5);
        Assert.True(Step(native, "tactics", 0));
        Finish(native, "tactics");

        Assert.Equal(
            [
                new TensorRtBuildProgress("build", null, 0, 2, BuildPhaseState.Started),
                new TensorRtBuildProgress("tactics", "build", 0, 5, BuildPhaseState.Started),
                new TensorRtBuildProgress("tactics", "build", 1, 5, BuildPhaseState.Advanced),
                new TensorRtBuildProgress("tactics", "build", 5, 5, BuildPhaseState.Finished),
            ],
            _reports);
    }

    [Fact]
    public void A_cancelled_token_stops_at_the_next_step()
    {
        using var cancellation = new CancellationTokenSource();
        var monitor = new NativeProgressMonitor(null, cancellation.Token);
        using CallbackObject native = monitor.Native;

        Assert.True(Step(native, "build", 0));
        cancellation.Cancel();
        Assert.False(Step(native, "build", 1));
        Assert.Null(monitor.Error);
    }

    [Fact]
    public void An_exception_of_the_progress_stops_at_the_next_step_and_is_kept()
    {
        var failure = new InvalidOperationException("no more paper");
        var monitor = new NativeProgressMonitor(new Reporter(_ => throw failure), CancellationToken.None);
        using CallbackObject native = monitor.Native;

        Start(native, "build", null, 2);
        Assert.False(Step(native, "build", 0));
        Assert.Same(failure, monitor.Error);
    }

    [Fact]
    public void A_phase_that_never_began_is_no_error()
    {
        var monitor = new NativeProgressMonitor(new Reporter(_reports.Add), CancellationToken.None);
        using CallbackObject native = monitor.Native;

        Assert.True(Step(native, "unknown", 3));
        Finish(native, "unknown");
        Assert.Equal(2, _reports.Count);
    }

    private static void Start(CallbackObject native, string phase, string? parent, int steps)
    {
        nint self = native.DangerousGetHandle();
        fixed (byte* name = Encoding.UTF8.GetBytes(phase + "\0"), outer = parent is null ? null : Encoding.UTF8.GetBytes(parent + "\0"))
            ((delegate* unmanaged[MemberFunction]<nint, byte*, byte*, int, void>)NativeCaller.Method(self, 4))(self, name, outer, steps);
    }

    private static bool Step(CallbackObject native, string phase, int step)
    {
        nint self = native.DangerousGetHandle();
        fixed (byte* name = Encoding.UTF8.GetBytes(phase + "\0"))
            return ((delegate* unmanaged[MemberFunction]<nint, byte*, int, byte>)NativeCaller.Method(self, 5))(self, name, step) != 0;
    }

    private static void Finish(CallbackObject native, string phase)
    {
        nint self = native.DangerousGetHandle();
        fixed (byte* name = Encoding.UTF8.GetBytes(phase + "\0"))
            ((delegate* unmanaged[MemberFunction]<nint, byte*, void>)NativeCaller.Method(self, 6))(self, name);
    }

    private sealed class Reporter(Action<TensorRtBuildProgress> report) : IProgress<TensorRtBuildProgress>
    {
        public void Report(TensorRtBuildProgress value) => report(value);
    }
}
