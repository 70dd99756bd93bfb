namespace QwenVl.Benchmarks.Load.Saturation;

/// <summary>One rate that was tried.</summary>
/// <param name="Rate">Requests a second that were due.</param>
/// <param name="Holds">Whether the service level held.</param>
/// <param name="GoodPerSecond">Requests a second that met it.</param>
/// <param name="CompletedPerSecond">Answers a second that ended.</param>
/// <param name="AnswerP50Ms">Milliseconds of an answer, median; null: none.</param>
/// <param name="AnswerP99Ms">The same, 99th percentile.</param>
/// <param name="MeanBatchSize">Pictures a run; null: unknown.</param>
/// <param name="CpuCores">Processor cores that the server took; null: unknown.</param>
internal sealed record SaturationStep(
    double Rate, bool Holds, double GoodPerSecond, double CompletedPerSecond, double? AnswerP50Ms, double? AnswerP99Ms, double? MeanBatchSize, double? CpuCores);
