namespace QwenVl.TensorRt.Building;

/// <summary>
/// One report of a build. Phases are nested: a phase names the one it is a part of. Reports come from the building thread and
/// from TensorRT's own threads.
/// </summary>
/// <param name="Phase">The phase, for example "Building Engine".</param>
/// <param name="Parent">The phase around it; null for an outermost one.</param>
/// <param name="Step">Steps of the phase that are done.</param>
/// <param name="Steps">Steps that the phase has.</param>
/// <param name="State">Whether the phase begins, goes on or has ended.</param>
public readonly record struct TensorRtBuildProgress(string Phase, string? Parent, int Step, int Steps, BuildPhaseState State);

/// <summary>Where a phase of a build is.</summary>
public enum BuildPhaseState
{
    /// <summary>The phase begins.</summary>
    Started,

    /// <summary>A step is done.</summary>
    Advanced,

    /// <summary>The phase has ended, also when the build was cancelled.</summary>
    Finished,
}
