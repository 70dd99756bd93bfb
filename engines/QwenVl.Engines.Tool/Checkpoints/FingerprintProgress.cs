using QwenVl.Engines.Building;

namespace QwenVl.Engines.Tool.Checkpoints;

/// <summary>Shows the hashing of weights as the stage of a build that it is.</summary>
internal sealed class FingerprintProgress(IProgress<EngineBuildProgress> progress) : IProgress<double>
{
    public void Report(double value) => progress.Report(new EngineBuildProgress("fingerprint", value));
}
