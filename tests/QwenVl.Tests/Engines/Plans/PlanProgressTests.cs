using QwenVl.Engines.Plans;
using QwenVl.TensorRt.Building;

namespace QwenVl.Tests.Engines.Plans;

public sealed class PlanProgressTests
{
    [Fact]
    public void Phases_within_phases_are_one_fraction_that_never_falls()
    {
        var seen = new List<double>();
        var progress = new PlanProgress(new Collected(seen.Add));

        Report("build", null, 0, 2, BuildPhaseState.Started);
        Report("fuse", "build", 0, 4, BuildPhaseState.Started);
        Report("fuse", "build", 2, 4, BuildPhaseState.Advanced);
        Report("fuse", "build", 4, 4, BuildPhaseState.Finished);
        Report("build", null, 1, 2, BuildPhaseState.Advanced);
        Report("compile", "build", 0, 2, BuildPhaseState.Started);
        Report("compile", "build", 1, 2, BuildPhaseState.Advanced);
        Report("build", null, 2, 2, BuildPhaseState.Finished);
        Report("write", null, 0, 1, BuildPhaseState.Started);
        Report("write", null, 1, 1, BuildPhaseState.Advanced);

        Assert.Equal([0.245, 0.49, 0.735, 0.98, 0.9996], seen.Select(fraction => Math.Round(fraction, 4)));

        void Report(string phase, string? parent, int step, int steps, BuildPhaseState state) => progress.Report(new TensorRtBuildProgress(phase, parent, step, steps, state));
    }

    private sealed class Collected(Action<double> then) : IProgress<double>
    {
        public void Report(double value) => then(value);
    }
}
