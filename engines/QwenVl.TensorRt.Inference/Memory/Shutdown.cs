using QwenVl.TensorRt.Cuda;

namespace QwenVl.TensorRt.Inference.Memory;

/// <summary>What comes before memory and contexts are given back: nothing may use them any more, and TensorRT asks which GPU it is.</summary>
internal static class Shutdown
{
    /// <summary>Makes the device current on this thread and waits for a stream.</summary>
    public static void Prepare(CudaContext context, CudaStream stream)
    {
        try
        {
            context.MakeCurrent();
        }
        catch (Exception gone) when (gone is CudaException or ObjectDisposedException)
        {
            // The device is lost: what can be given back still is.
        }

        Wait(stream);
    }

    /// <summary>Waits for a stream, whatever became of its work.</summary>
    public static void Wait(CudaStream stream)
    {
        try
        {
            stream.Synchronize();
        }
        catch (Exception gone) when (gone is CudaException or ObjectDisposedException or InvalidOperationException)
        {
            // Its work has ended all the same.
        }
    }
}
