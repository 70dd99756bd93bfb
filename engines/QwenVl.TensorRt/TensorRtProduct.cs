namespace QwenVl.TensorRt;

/// <summary>The two products with this interface.</summary>
public enum TensorRtProduct
{
    /// <summary>TensorRT for data centres and Jetson: libnvinfer.</summary>
    TensorRt,

    /// <summary>TensorRT for RTX: libtensorrt_rtx. Builds without a GPU, compiles for the GPU when a context is made.</summary>
    TensorRtRtx,
}

internal static class TensorRtProducts
{
    public static string DisplayName(this TensorRtProduct product) => product is TensorRtProduct.TensorRt ? "TensorRT" : "TensorRT-RTX";
}
