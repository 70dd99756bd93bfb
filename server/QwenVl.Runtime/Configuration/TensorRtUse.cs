namespace QwenVl.Runtime.Configuration;

/// <summary>Whether TensorRT runs the models.</summary>
public enum TensorRtUse
{
    /// <summary>No: ONNX Runtime does, on the CPU.</summary>
    Off,

    /// <summary>Yes: without a GPU or the library the server does not start.</summary>
    On,

    /// <summary>Where there are a GPU and the library; else ONNX Runtime, and the log says why.</summary>
    Auto,
}
