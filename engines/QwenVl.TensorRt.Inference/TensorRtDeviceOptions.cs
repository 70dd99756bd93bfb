using Microsoft.Extensions.Logging;

namespace QwenVl.TensorRt.Inference;

/// <summary>Which GPU, and which TensorRT.</summary>
public sealed record TensorRtDeviceOptions
{
    /// <summary>The GPU's number as the driver counts, from 0.</summary>
    public int DeviceIndex { get; init; }

    /// <summary>The folder or file of TensorRT's library; null to look where it is usually installed.</summary>
    public string? LibraryPath { get; init; }

    /// <summary>Whether runs of one size are recorded once and replayed.</summary>
    public bool UseCudaGraphs { get; init; } = true;

    /// <summary>Hears what TensorRT says; null where nobody does.</summary>
    public ILogger? Logger { get; init; }
}
