using QwenVl.Model.Checkpoints;
using QwenVl.Model.Configuration;
using QwenVl.Runtime.Encoding;

namespace QwenVl.Runtime.Hosting;

/// <summary>A checkpoint's vision tower, ready to run.</summary>
/// <param name="Fingerprint">The checkpoint's.</param>
/// <param name="Config">The checkpoint's shape.</param>
/// <param name="Worker">Runs it; owned.</param>
public sealed record HostedTower(CheckpointFingerprint Fingerprint, ModelConfig Config, EncodeWorker Worker) : IDisposable
{
    /// <summary>What computes, and in which types: features of one checkpoint by two engines differ by rounding.</summary>
    public string Engine { get; init; } = "";

    /// <inheritdoc/>
    public void Dispose() => Worker.Dispose();
}
