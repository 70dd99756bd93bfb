using System.Diagnostics;
using QwenVl.Engines.Building;
using QwenVl.Model.Manifest;
using QwenVl.TensorRt.Cuda;

namespace QwenVl.Engines.Plans;

/// <summary>Builds both plans of an engine into the folder of its graphs.</summary>
internal sealed class EnginePlanBuilder(EngineBuildOptions options, PlanBuildOptions plans, IProgress<EngineBuildProgress>? progress)
{
    /// <summary>What the engine's manifest says of its plans.</summary>
    /// <param name="folder">The engine's folder, which nobody else sees yet.</param>
    /// <param name="weightsFolder">What external data is relative to.</param>
    /// <param name="cancellationToken">Ends the work early.</param>
    public EnginePlans Build(string folder, string weightsFolder, CancellationToken cancellationToken)
    {
        using CudaContext? gpu = OpenGpu();
        // TensorRT builds on the GPU whose context the calling thread has.
        gpu?.MakeCurrent();
        EnginePlan vision = Build("vision", EngineDirectory.VisionModelName, EngineDirectory.VisionPlanName, options.VisionWeights, OptimizationProfiles.Vision);
        EnginePlan decoder = Build("decoder", EngineDirectory.DecoderModelName, EngineDirectory.DecoderPlanName, options.DecoderWeights, OptimizationProfiles.Decoder);
        PlanLimits limits = plans.Limits;
        return new EnginePlans
        {
            Product = plans.Product,
            Version = plans.Version,
            GpuArchitecture = plans.Architecture,
            Limits = new EnginePlanLimits(limits.MaxBatch, limits.MaxPrefillBatch, limits.MaxChunk, limits.MaxSequence, limits.PatchBuckets),
            OptimizationLevel = plans.OptimizationLevel,
            Vision = vision,
            Decoder = decoder,
        };

        EnginePlan Build(string graph, string model, string plan, WeightFormat precision, Func<GraphSignature, PlanLimits, IReadOnlyList<OptimizationProfileShapes>> profiles)
        {
            long start = Stopwatch.GetTimestamp();
            var stage = new Stage($"{graph} plan", progress);
            stage.Report(0);
            var source = new PlanSource(Path.Combine(folder, model), weightsFolder, Path.Combine(folder, plan), PlanLayers.ListPath(Path.Combine(folder, plan)), profiles);
            long bytes = new PlanBuilder(plans).Build(source, stage, cancellationToken);
            stage.Report(1);
            return new EnginePlan(bytes, precision, Math.Round(Stopwatch.GetElapsedTime(start).TotalSeconds, 2));
        }
    }

    private CudaContext? OpenGpu()
    {
        if (plans.IsRtx) return null;
        CudaContext? gpu = null;
        try
        {
            gpu = new CudaContext(CudaDriver.Load().GetDevice(plans.DeviceIndex));
            string present = gpu.Device.Architecture;
            // A plan under another GPU's name would be found by those who have that GPU, and not load.
            if (present == plans.Architecture) return gpu;
            throw new PlanBuildException($"{plans.Product} {plans.Version} builds for the GPU that it runs on, {present}, and not for {plans.Architecture}; name a GPU of that kind, or build where there is one.");
        }
        catch (Exception problem) when (problem is CudaUnavailableException or CudaException or ArgumentOutOfRangeException)
        {
            gpu?.Dispose();
            throw new PlanBuildException($"{plans.Product} {plans.Version} builds on the GPU that its plans are for. {problem.Message} TensorRT-RTX builds without one.", problem);
        }
        catch
        {
            gpu?.Dispose();
            throw;
        }
    }

    private sealed class Stage(string name, IProgress<EngineBuildProgress>? progress) : IProgress<double>
    {
        public void Report(double value) => progress?.Report(new EngineBuildProgress(name, value));
    }
}
