namespace QwenVl.Model.Manifest;

/// <summary>Which operators an engine's graphs use.</summary>
public enum EngineDialect
{
    /// <summary>ONNX opset 20 without an attention operator, for TensorRT 10.0 to 10.14: past rows go in, new rows come out.</summary>
    TensorRt10,

    /// <summary>ONNX opset 24 with Attention and TensorScatter, for TensorRT from 10.15 on: the cache is written in place.</summary>
    TensorRt11,

    /// <summary>ONNX Runtime's own operators where they are faster.</summary>
    OnnxRuntime,
}
