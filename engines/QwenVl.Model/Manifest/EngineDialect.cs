namespace QwenVl.Model.Manifest;

/// <summary>Which operators an engine's graphs use.</summary>
public enum EngineDialect
{
    /// <summary>Operators of ONNX opset 20 alone, for TensorRT and others.</summary>
    Standard,

    /// <summary>ONNX Runtime's own operators where they are faster.</summary>
    OnnxRuntime,
}
