namespace QwenVl.TensorRt;

/// <summary>Which libraries are in use.</summary>
/// <param name="Library">The inference library: a path, or a bare name if the system's loader found it.</param>
/// <param name="Parser">The ONNX parser's library; null if there is none, then plans can be run but not built from ONNX.</param>
public sealed record TensorRtLocation(string Library, string? Parser);
