using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using QwenVl.TensorRt.Building;

namespace QwenVl.TensorRt.Callbacks;

/// <summary>An IProgressMonitor over an <see cref="IProgress{T}"/>; a cancelled token answers the next step with "stop".</summary>
internal sealed unsafe class NativeProgressMonitor
{
    private static readonly nint Name = Marshal.StringToCoTaskMemUTF8("IProgressMonitor");
    private static readonly nint* Table = CallbackTable.Create(
        &Info,
        (nint)(delegate* unmanaged[MemberFunction]<nint, byte*, byte*, int, void>)&PhaseStart,
        (nint)(delegate* unmanaged[MemberFunction]<nint, byte*, int, byte>)&StepComplete,
        (nint)(delegate* unmanaged[MemberFunction]<nint, byte*, void>)&PhaseFinish);

    private readonly ConcurrentDictionary<string, (string? Parent, int Steps)> _phases = new(StringComparer.Ordinal);
    private readonly IProgress<TensorRtBuildProgress>? _progress;
    private readonly CancellationToken _cancellation;

    public NativeProgressMonitor(IProgress<TensorRtBuildProgress>? progress, CancellationToken cancellation)
    {
        _progress = progress;
        _cancellation = cancellation;
        Native = new CallbackObject(Table, this);
    }

    /// <summary>The native object; the caller holds it for as long as TensorRT may call it.</summary>
    public CallbackObject Native { get; }

    /// <summary>The first exception of the caller's own progress, which ended the build.</summary>
    public Exception? Error { get; private set; }

    private bool Start(string phase, string? parent, int steps)
    {
        _phases[phase] = (parent, steps);
        return Report(new TensorRtBuildProgress(phase, parent, 0, steps, BuildPhaseState.Started));
    }

    private bool Advance(string phase, int step)
    {
        (string? parent, int steps) = _phases.GetValueOrDefault(phase);
        return Report(new TensorRtBuildProgress(phase, parent, step + 1, steps, BuildPhaseState.Advanced));
    }

    private bool Finish(string phase)
    {
        _phases.TryRemove(phase, out (string? Parent, int Steps) known);
        return Report(new TensorRtBuildProgress(phase, known.Parent, known.Steps, known.Steps, BuildPhaseState.Finished));
    }

    private bool Report(TensorRtBuildProgress report)
    {
        try
        {
            if (Error is null) _progress?.Report(report);
        }
#pragma warning disable CA1031 // It must not unwind TensorRT's frames; the build's caller gets it.
        catch (Exception error)
        {
            Error = error;
        }
#pragma warning restore CA1031
        return Error is null && !_cancellation.IsCancellationRequested;
    }

    private static NativeProgressMonitor Of(nint self) => CallbackObject.Target<NativeProgressMonitor>(self);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvMemberFunction)])]
    private static InterfaceInfo Info(nint self) => new(Name, 1, 0);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvMemberFunction)])]
    private static void PhaseStart(nint self, byte* phase, byte* parent, int steps) =>
        Of(self).Start(Utf8.Text(phase), parent is null ? null : Utf8.Text(parent), steps);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvMemberFunction)])]
    private static byte StepComplete(nint self, byte* phase, int step) => Of(self).Advance(Utf8.Text(phase), step) ? (byte)1 : (byte)0;

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvMemberFunction)])]
    private static void PhaseFinish(nint self, byte* phase) => Of(self).Finish(Utf8.Text(phase));
}
