using System.Globalization;
using QwenVl.Model.Manifest;

namespace QwenVl.Engines.Dialects;

/// <summary>Which dialect a TensorRT library takes: the one place that knows.</summary>
public static class TensorRtDialects
{
    // TensorRT reports major · 10,000 + minor · 100 + patch: 101501 is 10.15.1. TensorRT for RTX counts from 1: 10701 is 1.7.1.
    private const int FirstStandard = 10_00_00;
    private const int FirstStandardWithAttention = 10_15_00;
    private const int FirstRtx = 1_00_00;
    private const int FirstRtxWithAttention = 1_05_00;

    /// <summary>The dialect of a library.</summary>
    /// <param name="libraryVersion">What <c>getInferLibVersion</c> reports: 101501 for TensorRT 10.15.1, 10701 for TensorRT for RTX 1.7.1.</param>
    /// <exception cref="NotSupportedException">The library is older than TensorRT 10.</exception>
    public static EngineDialect For(int libraryVersion) => libraryVersion switch
    {
        >= FirstStandardWithAttention => EngineDialect.TensorRt11,
        >= FirstStandard => EngineDialect.TensorRt10,
        >= FirstRtxWithAttention and < 2 * FirstRtx => EngineDialect.TensorRt11,
        >= FirstRtx and < FirstRtxWithAttention => EngineDialect.TensorRt10,
        _ => throw new NotSupportedException(string.Create(CultureInfo.InvariantCulture, $"TensorRT reports version {libraryVersion}; take TensorRT 10 or later, or TensorRT for RTX 1.")),
    };
}
