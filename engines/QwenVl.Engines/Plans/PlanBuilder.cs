using QwenVl.TensorRt;
using QwenVl.TensorRt.Building;
using QwenVl.TensorRt.Onnx;

namespace QwenVl.Engines.Plans;

/// <summary>Builds plans of emitted graphs.</summary>
internal sealed class PlanBuilder(PlanBuildOptions options)
{
    /// <summary>Whether weights are handed over from mapped files; else the parser looks for the files itself.</summary>
    internal bool HandsWeightsOver { get; init; } = true;

    /// <summary>Sees what is about to be built.</summary>
    internal Action<NetworkDefinition, BuilderConfig>? BeforeBuild { get; init; }

    /// <summary>Builds one plan.</summary>
    /// <returns>The plan's length in bytes.</returns>
    /// <exception cref="PlanBuildException">TensorRT refused the graph or failed.</exception>
    /// <exception cref="ArgumentException">The limits do not fit the graph.</exception>
    /// <exception cref="Model.Checkpoints.CheckpointException">A file of weights is missing or too short.</exception>
    /// <exception cref="IOException">A file cannot be read or written.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled; a part of the plan may be in its file.</exception>
    public long Build(PlanSource source, IProgress<double>? progress, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        GraphFile graph = GraphFile.Read(source.GraphPath);
        IReadOnlyList<OptimizationProfileShapes> profiles = source.Profiles(graph.Signature, options.Limits);
        try
        {
            using TensorRtBuilder builder = options.Library.CreateBuilder();
            using NetworkDefinition network = builder.CreateNetwork();
            using var weights = new MappedWeights(source.WeightsFolder);
            Parse(graph, network, weights, source.WeightsFolder);
            if (options.ListLayers) File.WriteAllLines(source.LayersPath, network.LayerNames);
            using BuilderConfig config = Configure(builder, profiles);
            using TimingCache? timings = options.TimingCachePath is { } path && !options.IsRtx ? TimingCacheFile.Load(config, path) : null;
            BeforeBuild?.Invoke(network, config);
            cancellationToken.ThrowIfCancellationRequested();
            long bytes;
            using (var plan = new FileStream(source.PlanPath, FileMode.CreateNew, FileAccess.Write))
                bytes = builder.BuildPlanTo(plan, network, config, progress is null ? null : new PlanProgress(progress), cancellationToken);
            if (timings is not null) TimingCacheFile.Save(timings, options.TimingCachePath!);
            return bytes;
        }
        catch (TensorRtException problem)
        {
            throw PlanBuildException.Of(graph.Name, problem);
        }
    }

    private void Parse(GraphFile graph, NetworkDefinition network, MappedWeights weights, string weightsFolder)
    {
        using OnnxParser parser = network.CreateOnnxParser();
        if (!HandsWeightsOver || !parser.TakesInitializers)
        {
            // Older versions map the files too; locations are relative to the folder that they are told.
            parser.Parse(graph.Bytes.Span, weightsFolder);
            return;
        }

        parser.LoadModelProto(graph.Bytes.Span, weightsFolder);
        foreach ((string tensor, Graphs.ExternalData data) in graph.External)
        {
            (nint address, System.Runtime.InteropServices.SafeHandle owner) = weights.Find(tensor, data);
            parser.LoadInitializer(tensor, address, data.Length, owner);
        }

        parser.ParseModelProto();
    }

    private BuilderConfig Configure(TensorRtBuilder builder, IReadOnlyList<OptimizationProfileShapes> profiles)
    {
        BuilderConfig config = builder.CreateConfig();
        try
        {
            config.OptimizationLevel = options.OptimizationLevel;
            if (options.WorkspaceBytes is { } workspace) config.WorkspaceLimit = workspace;
            if (options.ListLayers) config.ProfilingVerbosity = ProfilingVerbosity.Detailed;
            if (options.IsRtx) config.SetComputeCapabilities(GpuArchitecture.Capabilities(options.GpuArchitecture));
            foreach (OptimizationProfileShapes shapes in profiles)
            {
                using OptimizationProfile profile = builder.CreateOptimizationProfile();
                foreach ((string input, InputShapes range) in shapes.Inputs) profile.SetShapes(input, TensorShape.Create(range.Min), TensorShape.Create(range.Opt), TensorShape.Create(range.Max));
                config.AddProfile(profile);
            }

            return config;
        }
        catch
        {
            config.Dispose();
            throw;
        }
    }
}
