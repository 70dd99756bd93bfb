namespace QwenVl.Engines.Tool.Verification.Parity;

/// <summary>What a comparison found, and of what.</summary>
/// <param name="Checkpoint">The checkpoint's folder.</param>
/// <param name="Reference">The runtime in float32 and its version.</param>
/// <param name="ReferenceEngine">Its engine's folder.</param>
/// <param name="Tested">The runtime that was held against it and its version.</param>
/// <param name="TestedEngine">Its engine's folder.</param>
/// <param name="Weights">What that engine's decoder computes in.</param>
/// <param name="Gpu">The GPU's name.</param>
/// <param name="GpuArchitecture">Such as sm90.</param>
/// <param name="CudaVersion">The newest CUDA that the driver takes.</param>
/// <param name="Pictures">The folder of the pictures.</param>
/// <param name="PictureCount">How many of them were compared on.</param>
/// <param name="Tokens">The most of an answer.</param>
/// <param name="Seconds">How long the comparison took, builds not counted.</param>
/// <param name="Passes">Whether all differences are within their limits.</param>
/// <param name="Differences">All of them.</param>
internal sealed record ParityReport(
    string Checkpoint,
    string Reference,
    string ReferenceEngine,
    string Tested,
    string TestedEngine,
    string Weights,
    string Gpu,
    string GpuArchitecture,
    string CudaVersion,
    string Pictures,
    int PictureCount,
    int Tokens,
    double Seconds,
    bool Passes,
    IReadOnlyList<Measurement> Differences);
