using QwenVl.TensorRt.Inference.Plans;

namespace QwenVl.TensorRt.Inference.Vision;

/// <summary>One bucket of picture sizes.</summary>
/// <param name="MaxPatches">The most patches of its pictures.</param>
/// <param name="Runner">Runs it.</param>
internal sealed record VisionProfile(int MaxPatches, PlanRunner<(int Slot, VisionRunShape Shape)> Runner);
