using System.Security.Cryptography;
using System.Text;
using QwenVl.Engines.Building;
using QwenVl.Engines.Plans;
using QwenVl.Model.Checkpoints;
using QwenVl.Model.Manifest;

namespace QwenVl.Engines.Caching;

/// <summary>
/// Keeps built engines in a folder, each under a name of what it was built from. Whoever asks first builds; all others,
/// in this process or another, wait for it. Safe for concurrent use.
/// </summary>
public sealed class EngineCache
{
    private readonly string _root;
    private readonly FingerprintCache? _fingerprints;

    /// <param name="root">The folder; made when needed. One that is not the user's own keeps fingerprints of checkpoints too.</param>
    public EngineCache(string root)
        : this(root, root == DefaultRoot ? FingerprintCache.Default : new FingerprintCache(Path.Combine(Path.GetFullPath(root), "fingerprints")))
    {
    }

    internal EngineCache(string root, FingerprintCache? fingerprints)
    {
        ArgumentException.ThrowIfNullOrEmpty(root);
        (_root, _fingerprints) = (Path.GetFullPath(root), fingerprints);
    }

    /// <summary>The user's cache of engines; the temporary folder's where the user has none.</summary>
    public static string DefaultRoot
    {
        get
        {
            string local = Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify);
            return Path.Combine(local.Length == 0 ? Path.GetTempPath() : local, "qwenvl", "engines");
        }
    }

    /// <summary>Finds the engine of a checkpoint, or builds it.</summary>
    /// <param name="checkpointDirectory">The folder of <c>config.json</c>.</param>
    /// <param name="options">What to build.</param>
    /// <param name="progress">May be null; is called from other threads.</param>
    /// <param name="cancellationToken">Ends the wait and the work.</param>
    /// <exception cref="CheckpointException">The checkpoint is incomplete or damaged.</exception>
    /// <exception cref="ArgumentException"><paramref name="options"/> name a format that the dialect has not.</exception>
    /// <exception cref="PlanBuildException">TensorRT refused a graph, failed, or has not the GPU that it needs.</exception>
    /// <exception cref="IOException">The cache's folder cannot be written.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled; nothing half-built stays.</exception>
    public Task<EngineDirectory> GetOrBuildAsync(
        string checkpointDirectory,
        EngineBuildOptions options,
        IProgress<EngineBuildProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(checkpointDirectory);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        // Hashing and quantising keep all cores busy for seconds: never on the caller's thread.
        return Task.Run(() => GetOrBuildCoreAsync(checkpointDirectory, options, progress, cancellationToken), cancellationToken);
    }

    private async Task<EngineDirectory> GetOrBuildCoreAsync(
        string checkpointDirectory,
        EngineBuildOptions options,
        IProgress<EngineBuildProgress>? progress,
        CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(_root);
        using Checkpoint checkpoint = Checkpoint.Open(checkpointDirectory);
        CheckpointFingerprint fingerprint = await FingerprintAsync(checkpoint, progress, cancellationToken);
        string key = EngineKey.Of(checkpoint, fingerprint, options), target = Path.Combine(_root, key);
        if (TryOpen(target) is { } found) return found;

        using FileLock held = await FileLock.AcquireAsync(target + ".lock", TimeProvider.System, cancellationToken);
        if (TryOpen(target) is { } builtMeanwhile) return builtMeanwhile;
        // What a killed process or a damaged disk left; nobody else may be at it now.
        foreach (string leftover in Directory.EnumerateDirectories(_root, key + "*")) Directory.Delete(leftover, recursive: true);
        EngineBuilder.Build(checkpoint, fingerprint, options, target, progress, cancellationToken);
        return EngineDirectory.Open(target);
    }

    // One at a time for a checkpoint: the second finds what the first remembered, and reads no gigabytes.
    private async Task<CheckpointFingerprint> FingerprintAsync(Checkpoint checkpoint, IProgress<EngineBuildProgress>? progress, CancellationToken cancellationToken)
    {
        string name = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(checkpoint.Directory)))[..16];
        using FileLock held = await FileLock.AcquireAsync(Path.Combine(_root, $"fingerprint-{name}.lock"), TimeProvider.System, cancellationToken);
        return CheckpointFingerprint.Compute(checkpoint, _fingerprints, progress is null ? null : new Stage(progress), cancellationToken);
    }

    private static EngineDirectory? TryOpen(string directory)
    {
        if (!Directory.Exists(directory)) return null;
        try
        {
            return EngineDirectory.Open(directory);
        }
        catch (CheckpointException)
        {
            return null;
        }
    }

    private sealed class Stage(IProgress<EngineBuildProgress> progress) : IProgress<double>
    {
        public void Report(double value) => progress.Report(new EngineBuildProgress("fingerprint", value));
    }
}
