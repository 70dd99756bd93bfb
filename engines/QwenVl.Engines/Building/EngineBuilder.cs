using QwenVl.Engines.Plans;
using QwenVl.Model.Checkpoints;
using QwenVl.Model.Manifest;

namespace QwenVl.Engines.Building;

/// <summary>Builds engine folders.</summary>
public static class EngineBuilder
{
    private static readonly string[] CopiedFiles = ["config.json", "generation_config.json", "tokenizer.json"];

    /// <summary>
    /// Emits both graphs of a checkpoint. Weights that are not quantised stay where they are and the engine refers to
    /// them: seconds and megabytes for a checkpoint of gigabytes. Quantised ones are written to the engine's folder,
    /// which then needs the checkpoint no more. Plans, where they are wanted, are built of the graphs by TensorRT: minutes and,
    /// with weights of their own, gigabytes.
    /// </summary>
    /// <param name="checkpoint">The checkpoint.</param>
    /// <param name="fingerprint">Its fingerprint.</param>
    /// <param name="options">What to build.</param>
    /// <param name="outputDirectory">The engine's folder; must not exist. It appears at the end, whole, or not at all.</param>
    /// <param name="progress">May be null.</param>
    /// <param name="cancellationToken">Ends the work early.</param>
    /// <exception cref="ArgumentException"><paramref name="options"/> name a format that the dialect has not.</exception>
    /// <exception cref="PlanBuildException">TensorRT refused a graph, failed, or has not the GPU that it needs.</exception>
    /// <exception cref="IOException">The folder exists already or cannot be written.</exception>
    /// <exception cref="CheckpointException">The checkpoint cannot be read.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static void Build(
        Checkpoint checkpoint,
        CheckpointFingerprint fingerprint,
        EngineBuildOptions options,
        string outputDirectory,
        IProgress<EngineBuildProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(checkpoint);
        ArgumentNullException.ThrowIfNull(fingerprint);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentException.ThrowIfNullOrEmpty(outputDirectory);
        options.Validate();
        string target = Path.TrimEndingDirectorySeparator(Path.GetFullPath(outputDirectory));
        if (Path.Exists(target)) throw new IOException($"{target}: exists already; delete it or name another folder.");

        string partial = $"{target}.{Guid.NewGuid():N}.partial";
        Directory.CreateDirectory(partial);
        try
        {
            var emitter = new EngineEmitter(checkpoint, options, partial, progress, cancellationToken);
            emitter.EmitGraphs();
            EnginePlans? plans = options.Plans is null ? null : new EnginePlanBuilder(options, options.Plans, progress).Build(partial, emitter.WeightsFolder, cancellationToken);
            emitter.WriteManifest(fingerprint, plans);
            foreach (string file in CopiedFiles)
            {
                string source = Path.Combine(checkpoint.Directory, file);
                if (File.Exists(source)) File.Copy(source, Path.Combine(partial, file));
            }

            progress?.Report(new EngineBuildProgress("files", 1));
            cancellationToken.ThrowIfCancellationRequested();
            Directory.Move(partial, target);
        }
        catch
        {
            Directory.Delete(partial, recursive: true);
            throw;
        }
    }
}
