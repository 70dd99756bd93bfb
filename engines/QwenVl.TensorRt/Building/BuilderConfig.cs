using QwenVl.TensorRt.Abi;
using QwenVl.TensorRt.Logging;
using QwenVl.TensorRt.Objects;

namespace QwenVl.TensorRt.Building;

/// <summary>How a plan is built. Can serve several builds of its builder, one after the other. Not safe for several threads.</summary>
public sealed unsafe class BuilderConfig : IDisposable
{
    private const int HighestOptimizationLevel = 5;

    internal BuilderConfig(NativeObject native, TensorRtBuilder builder)
    {
        Native = native;
        Builder = builder;
    }

    /// <summary>How long the builder looks for fast kernels: 0 (first that works) to 5 (all); 3 by default.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Not 0 to 5.</exception>
    public int OptimizationLevel
    {
        get => Number(BuilderConfigMethods.GetBuilderOptimizationLevel);
        set
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, HighestOptimizationLevel);
            Set(BuilderConfigMethods.SetBuilderOptimizationLevel, value);
        }
    }

    /// <summary>The most device memory in bytes that a layer may take for intermediate results; by default all of it.</summary>
    public long WorkspaceLimit
    {
        get => GetMemoryLimit(MemoryPool.Workspace);
        set => SetMemoryLimit(MemoryPool.Workspace, value);
    }

    /// <summary>Which GPUs the plan must run on. TensorRT-RTX uses <see cref="SetComputeCapabilities"/> instead.</summary>
    public HardwareCompatibility HardwareCompatibility
    {
        get => (HardwareCompatibility)Number(BuilderConfigMethods.GetHardwareCompatibilityLevel);
        set => Set(BuilderConfigMethods.SetHardwareCompatibilityLevel, (int)value);
    }

    /// <summary>How much the plan tells about its layers.</summary>
    public ProfilingVerbosity ProfilingVerbosity
    {
        get => (ProfilingVerbosity)Number(BuilderConfigMethods.GetProfilingVerbosity);
        set => Set(BuilderConfigMethods.SetProfilingVerbosity, (int)value);
    }

    /// <summary>The most streams beside the caller's that one enqueue may use; -1 leaves it to TensorRT.</summary>
    /// <exception cref="TensorRtException">TensorRT refuses the number.</exception>
    public int MaxAuxStreams
    {
        get => Number(BuilderConfigMethods.GetMaxAuxStreams);
        set
        {
            long mark = RecentMessages.Mark;
            Set(BuilderConfigMethods.SetMaxAuxStreams, value);
            // What the setter returns differs by version.
            if (MaxAuxStreams != value) throw new TensorRtException($"{value} is no number of auxiliary streams.", RecentMessages.Since(mark));
        }
    }

    /// <summary>How often a kernel is timed; more is steadier and slower.</summary>
    public int AverageTimingIterations
    {
        get => Number(BuilderConfigMethods.GetAvgTimingIterations);
        set => Set(BuilderConfigMethods.SetAvgTimingIterations, value);
    }

    /// <summary>How many profiles have been added.</summary>
    public int ProfileCount => Number(BuilderConfigMethods.GetNbOptimizationProfiles);

    /// <summary>The GPUs that TensorRT-RTX builds for; empty for its default.</summary>
    /// <exception cref="NotSupportedException">The library is TensorRT.</exception>
    public IReadOnlyList<ComputeCapability> ComputeCapabilities
    {
        get
        {
            var capabilities = new ComputeCapability[Number(BuilderConfigMethods.GetNbComputeCapabilities)];
            for (int index = 0; index < capabilities.Length; index++)
            {
                using NativeCall call = Native.Call(BuilderConfigMethods.GetComputeCapability);
                capabilities[index] = (ComputeCapability)((delegate* unmanaged[MemberFunction]<nint, int, int>)call.Function)(call.This, index);
            }

            return capabilities;
        }
    }

    internal NativeObject Native { get; }

    internal TensorRtBuilder Builder { get; }

    /// <summary>Switches a flag on.</summary>
    /// <exception cref="NotSupportedException">The loaded version has no such flag.</exception>
    public void SetFlag(BuilderFlag flag) => Set(BuilderConfigMethods.SetFlag, BuilderFlagNumbers.Of(flag, Native.Abi));

    /// <summary>Switches a flag off.</summary>
    /// <exception cref="NotSupportedException">The loaded version has no such flag.</exception>
    public void ClearFlag(BuilderFlag flag) => Set(BuilderConfigMethods.ClearFlag, BuilderFlagNumbers.Of(flag, Native.Abi));

    /// <summary>Whether a flag is on.</summary>
    /// <exception cref="NotSupportedException">The loaded version has no such flag.</exception>
    public bool HasFlag(BuilderFlag flag)
    {
        using NativeCall call = Native.Call(BuilderConfigMethods.GetFlag);
        return call.Test(BuilderFlagNumbers.Of(flag, Native.Abi));
    }

    /// <summary>The limit of a pool in bytes.</summary>
    public long GetMemoryLimit(MemoryPool pool)
    {
        using NativeCall call = Native.Call(BuilderConfigMethods.GetMemoryPoolLimit);
        return call.Int64((int)pool);
    }

    /// <summary>Limits a pool.</summary>
    /// <param name="pool">The pool.</param>
    /// <param name="bytes">Bytes, 0 or more.</param>
    public void SetMemoryLimit(MemoryPool pool, long bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        using NativeCall call = Native.Call(BuilderConfigMethods.SetMemoryPoolLimit);
        ((delegate* unmanaged[MemberFunction]<nint, int, nuint, void>)call.Function)(call.This, (int)pool, (nuint)bytes);
    }

    /// <summary>Adds a profile and returns its index in the engine. Its shapes must be complete.</summary>
    /// <exception cref="ArgumentException">The profile is another builder's.</exception>
    /// <exception cref="TensorRtException">The profile is not valid.</exception>
    public int AddProfile(OptimizationProfile profile)
    {
        ArgumentNullException.ThrowIfNull(profile);
        if (profile.Builder != Builder) throw new ArgumentException("The profile was made by another builder.", nameof(profile));
        if (!profile.IsValid) throw new TensorRtException("The profile is not valid: an input has shapes that are not complete.");
        long mark = RecentMessages.Mark;
        using NativeCall held = profile.Native.Call(OptimizationProfileMethods.IsValid);
        using NativeCall call = Native.Call(BuilderConfigMethods.AddOptimizationProfile);
        int index = call.Int32(profile.Native.Pointer);
        return index >= 0 ? index : throw new TensorRtException("The profile was not accepted.", RecentMessages.Since(mark));
    }

    /// <summary>Makes a timing cache from bytes of an earlier one, or an empty one.</summary>
    /// <exception cref="TensorRtException">The bytes are no timing cache of this version.</exception>
    /// <exception cref="NotSupportedException">TensorRT-RTX, which times nothing when it builds.</exception>
    public TimingCache CreateTimingCache(ReadOnlySpan<byte> bytes = default)
    {
        RequireTimings();
        long mark = RecentMessages.Mark;
        using NativeCall call = Native.Call(BuilderConfigMethods.CreateTimingCache);
        fixed (byte* first = bytes)
        {
            nint cache = ((delegate* unmanaged[MemberFunction]<nint, byte*, nuint, nint>)call.Function)(call.This, first, (nuint)bytes.Length);
            return NativeObject.IsObject(cache)
                // Its parent is not this configuration, which may come to hold it.
                ? new TimingCache(NativeObject.Create(cache, Native.Abi, Builder.Native))
                : throw new TensorRtException("The bytes are no timing cache of this version.", RecentMessages.Since(mark));
        }
    }

    /// <summary>Uses a timing cache, which builds extend. This configuration keeps it alive.</summary>
    /// <param name="cache">The cache.</param>
    /// <param name="ignoreMismatch">Also takes a cache of another GPU.</param>
    /// <exception cref="TensorRtException">The cache is of another GPU or version.</exception>
    /// <exception cref="NotSupportedException">TensorRT-RTX, which times nothing when it builds.</exception>
    public void SetTimingCache(TimingCache cache, bool ignoreMismatch = false)
    {
        ArgumentNullException.ThrowIfNull(cache);
        RequireTimings();
        long mark = RecentMessages.Mark;
        Native.Retain(cache.Native);
        using NativeCall call = Native.Call(BuilderConfigMethods.SetTimingCache);
        if (((delegate* unmanaged[MemberFunction]<nint, nint, byte, byte>)call.Function)(call.This, cache.Native.Pointer, ignoreMismatch ? (byte)1 : (byte)0) == 0)
            throw new TensorRtException("The timing cache does not fit this GPU or version.", RecentMessages.Since(mark));
    }

    /// <summary>Names the GPUs that TensorRT-RTX builds for; needs none of them here.</summary>
    /// <exception cref="TensorRtException">A capability that the version does not know, for example Hopper's.</exception>
    /// <exception cref="NotSupportedException">The library is TensorRT, which builds for the GPU that it runs on.</exception>
    public void SetComputeCapabilities(params ReadOnlySpan<ComputeCapability> capabilities)
    {
        long mark = RecentMessages.Mark;
        using NativeCall count = Native.Call(BuilderConfigMethods.SetNbComputeCapabilities);
        if (!count.Test(capabilities.Length)) throw new TensorRtException($"{capabilities.Length} compute capabilities are not accepted.", RecentMessages.Since(mark));
        for (int index = 0; index < capabilities.Length; index++)
        {
            using NativeCall call = Native.Call(BuilderConfigMethods.SetComputeCapability);
            if (((delegate* unmanaged[MemberFunction]<nint, int, int, byte>)call.Function)(call.This, (int)capabilities[index], index) == 0)
                throw new TensorRtException($"Compute capability {capabilities[index]} is not accepted.", RecentMessages.Since(mark));
        }
    }

    /// <inheritdoc/>
    public void Dispose() => Native.Dispose();

    /// <summary>Sets or, with 0, takes away what hears of progress.</summary>
    internal void SetProgressMonitor(nint monitor)
    {
        using NativeCall call = Native.Call(BuilderConfigMethods.SetProgressMonitor);
        call.Invoke(monitor);
    }

    private int Number(in Method method)
    {
        using NativeCall call = Native.Call(method);
        return call.Int32();
    }

    private void Set(in Method method, int value)
    {
        using NativeCall call = Native.Call(method);
        call.Invoke(value);
    }

    // There a cache makes the builder look for a GPU, which it otherwise needs not.
    private void RequireTimings()
    {
        if (Native.Abi.IsRtx) throw new NotSupportedException($"{Native.Abi.Version} times no kernels when it builds: it has no use for a timing cache.");
    }
}
