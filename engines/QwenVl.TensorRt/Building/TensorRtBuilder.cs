using System.Runtime.ExceptionServices;
using QwenVl.TensorRt.Abi;
using QwenVl.TensorRt.Callbacks;
using QwenVl.TensorRt.Logging;
using QwenVl.TensorRt.Objects;

namespace QwenVl.TensorRt.Building;

/// <summary>
/// Builds plans. What it makes keeps it alive, so objects can be disposed in any order. Not safe for several threads: use one
/// builder a thread; TensorRT itself starts threads within a build.
/// </summary>
public sealed unsafe class TensorRtBuilder : IDisposable
{
    // The flag was the second bit while weakly typed networks existed; since then there is nothing to say.
    private const int StronglyTyped10 = 1 << 1;
    private const int StronglyTyped11 = 0;

    internal TensorRtBuilder(NativeObject native, TensorRtLibrary library)
    {
        Native = native;
        Library = library;
    }

    /// <summary>The library that made it.</summary>
    public TensorRtLibrary Library { get; }

    /// <summary>The most threads that a build may use; 1 by default.</summary>
    /// <exception cref="TensorRtException">TensorRT refuses the number.</exception>
    public int MaxThreads
    {
        get
        {
            using NativeCall call = Native.Call(BuilderMethods.GetMaxThreads);
            return call.Int32();
        }

        set
        {
            long mark = RecentMessages.Mark;
            using NativeCall call = Native.Call(BuilderMethods.SetMaxThreads);
            if (!call.Test(value)) throw new TensorRtException($"{value} is no number of threads.", RecentMessages.Since(mark));
        }
    }

    internal NativeObject Native { get; }

    /// <summary>Makes an empty, strongly typed network. The caller disposes it.</summary>
    public NetworkDefinition CreateNetwork()
    {
        long mark = RecentMessages.Mark;
        using NativeCall call = Native.Call(BuilderMethods.CreateNetworkV2);
        return new NetworkDefinition(Made(call.Pointer(Native.Abi.IsGeneration11 ? StronglyTyped11 : StronglyTyped10), "network", mark), this);
    }

    /// <summary>Makes a configuration with TensorRT's defaults. The caller disposes it.</summary>
    public BuilderConfig CreateConfig()
    {
        long mark = RecentMessages.Mark;
        using NativeCall call = Native.Call(BuilderMethods.CreateBuilderConfig);
        return new BuilderConfig(Made(call.Pointer(), "configuration", mark), this);
    }

    /// <summary>Makes a profile without shapes.</summary>
    public OptimizationProfile CreateOptimizationProfile()
    {
        long mark = RecentMessages.Mark;
        using NativeCall call = Native.Call(BuilderMethods.CreateOptimizationProfile);
        nint profile = call.Pointer();
        return NativeObject.IsObject(profile)
            ? new OptimizationProfile(NativeObject.Borrow(profile, Native.Abi, Native), this)
            : throw new TensorRtException("No optimization profile could be made.", RecentMessages.Since(mark));
    }

    /// <summary>Builds a plan in host memory. Blocks the thread for seconds to minutes.</summary>
    /// <param name="network">The network; of this builder.</param>
    /// <param name="config">The configuration; of this builder.</param>
    /// <param name="progress">Hears of phases and steps, from several threads. An exception in it ends the build and is thrown here.</param>
    /// <param name="cancellation">Ends the build at its next step.</param>
    /// <exception cref="ArgumentException">Network or configuration are another builder's.</exception>
    /// <exception cref="TensorRtException">The network cannot be built; the message says what TensorRT said.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public HostMemory BuildPlan(NetworkDefinition network, BuilderConfig config, IProgress<TensorRtBuildProgress>? progress = null, CancellationToken cancellation = default)
    {
        HostMemory? plan = null;
        Build(network, config, Run, null, progress, cancellation);
        return plan!;

        bool Run()
        {
            using NativeCall call = Native.Call(BuilderMethods.BuildSerializedNetwork);
            nint memory = ((delegate* unmanaged[MemberFunction]<nint, nint, nint, nint>)call.Function)(call.This, network.Native.Pointer, config.Native.Pointer);
            if (!NativeObject.IsObject(memory)) return false;
            plan = new HostMemory(NativeObject.Create(memory, Native.Abi));
            return true;
        }
    }

    /// <summary>
    /// Builds a plan into a stream and returns its bytes. Versions that can write it piece by piece; older ones (TensorRT
    /// before 10.13) build it in memory first. After an exception the stream may hold a part of it.
    /// </summary>
    /// <param name="network">The network; of this builder.</param>
    /// <param name="config">The configuration; of this builder.</param>
    /// <param name="stream">Where the plan goes, written synchronously from TensorRT's threads. An exception of it ends the build and is thrown here.</param>
    /// <param name="progress">Hears of phases and steps, from several threads. An exception in it ends the build and is thrown here.</param>
    /// <param name="cancellation">Ends the build at its next step.</param>
    /// <exception cref="ArgumentException">Network or configuration are another builder's.</exception>
    /// <exception cref="TensorRtException">The network cannot be built; the message says what TensorRT said.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public long BuildPlanTo(Stream stream, NetworkDefinition network, BuilderConfig config, IProgress<TensorRtBuildProgress>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(stream);
        if (!Native.Abi.Has(BuilderMethods.BuildSerializedNetworkToStream))
        {
            using HostMemory plan = BuildPlan(network, config, progress, cancellation);
            plan.CopyTo(stream);
            return plan.Length;
        }

        var writer = new NativeStreamWriter(stream);
        using CallbackObject native = writer.Native;
        Build(network, config, Run, writer, progress, cancellation);
        return writer.Written;

        bool Run()
        {
            using NativeCall call = Native.Call(BuilderMethods.BuildSerializedNetworkToStream);
            return ((delegate* unmanaged[MemberFunction]<nint, nint, nint, nint, byte>)call.Function)(
                call.This, network.Native.Pointer, config.Native.Pointer, native.DangerousGetHandle()) != 0 && writer.Error is null;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => Native.Dispose();

    private void Build(NetworkDefinition network, BuilderConfig config, Func<bool> build, NativeStreamWriter? writer, IProgress<TensorRtBuildProgress>? progress, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(config);
        if (network.Builder != this) throw new ArgumentException("The network was made by another builder.", nameof(network));
        if (config.Builder != this) throw new ArgumentException("The configuration was made by another builder.", nameof(config));
        cancellation.ThrowIfCancellationRequested();
        var monitor = new NativeProgressMonitor(progress, cancellation);
        using CallbackObject native = monitor.Native;
        // Calls hold what they are made on; these hold the arguments against a disposal meanwhile.
        using NativeCall holdNetwork = network.Native.Call(NetworkMethods.GetNbLayers);
        using NativeCall holdConfig = config.Native.Call(BuilderConfigMethods.SetProgressMonitor);
        long mark = RecentMessages.Mark;
        bool done;
        config.SetProgressMonitor(native.DangerousGetHandle());
        try
        {
            done = build();
        }
        finally
        {
            config.SetProgressMonitor(0);
        }

        if (done) return;
        if (writer?.Error is Exception streamError) ExceptionDispatchInfo.Throw(streamError);
        if (monitor.Error is Exception progressError) ExceptionDispatchInfo.Throw(progressError);
        cancellation.ThrowIfCancellationRequested();
        throw new TensorRtException("The plan could not be built.", RecentMessages.Since(mark));
    }

    private NativeObject Made(nint pointer, string what, long mark) => NativeObject.IsObject(pointer)
        ? NativeObject.Create(pointer, Native.Abi, Native)
        : throw new TensorRtException($"No {what} could be made.", RecentMessages.Since(mark));
}
