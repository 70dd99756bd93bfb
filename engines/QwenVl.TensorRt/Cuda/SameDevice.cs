using QwenVl.TensorRt.Cuda.Handles;

namespace QwenVl.TensorRt.Cuda;

/// <summary>Things of two devices do not work together here: the driver's own error would not say which is which.</summary>
internal static class SameDevice
{
    public static void Check(CudaContextHandle mine, CudaContextHandle other, string parameter)
    {
        if (mine.Value != other.Value) throw new ArgumentException($"It lives on {other.Device}, this on {mine.Device}: use one context for both.", parameter);
    }
}
