namespace QwenVl.TensorRt.Execution;

/// <summary>How the inspector writes; the numbers are TensorRT's own.</summary>
public enum LayerInformationFormat
{
    /// <summary>A line a layer.</summary>
    OneLine = 0,

    /// <summary>JSON.</summary>
    Json = 1,
}
