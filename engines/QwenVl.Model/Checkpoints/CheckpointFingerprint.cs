namespace QwenVl.Model.Checkpoints;

/// <summary>
/// What a checkpoint is, whatever files hold it: two checkpoints with equal fingerprints compute the same from the same.
/// </summary>
/// <param name="Model">Lower-case hexadecimal SHA-256 over the configuration's numbers and every needed tensor's name, type, shape and bytes, independent of sharding.</param>
/// <param name="Tokenizer">Lower-case hexadecimal SHA-256 of <c>tokenizer.json</c>.</param>
public sealed record CheckpointFingerprint(string Model, string Tokenizer)
{
    /// <summary>
    /// Hashes a checkpoint, or recalls the result where the same files of the same lengths and times were hashed before.
    /// Reads every tensor's bytes once, on all cores, holding a megabyte a core.
    /// </summary>
    /// <param name="checkpoint">The checkpoint.</param>
    /// <param name="progress">Receives the share of bytes done, 0 to 1; may be null. Called from any thread.</param>
    /// <param name="cancellationToken">Ends the work early.</param>
    /// <exception cref="CheckpointException">A file cannot be read.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static CheckpointFingerprint Compute(Checkpoint checkpoint, IProgress<double>? progress = null, CancellationToken cancellationToken = default) =>
        Compute(checkpoint, FingerprintCache.Default, progress, cancellationToken);

    internal static CheckpointFingerprint Compute(Checkpoint checkpoint, FingerprintCache? cache, IProgress<double>? progress, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(checkpoint);
        if (cache?.Find(checkpoint) is { } known)
        {
            progress?.Report(1);
            return known;
        }

        // The stamp is taken first: files that change meanwhile make it stale rather than wrong.
        string? stamp = cache is null ? null : FingerprintCache.Stamp(checkpoint);
        var fingerprint = new CheckpointFingerprint(
            new CheckpointHash(checkpoint, progress).Compute(cancellationToken),
            CheckpointHash.OfFile(checkpoint.TokenizerPath));
        if (stamp is not null) cache!.Store(checkpoint, stamp, fingerprint);
        return fingerprint;
    }
}
