using QwenVl.TensorRt.Cuda;

namespace QwenVl.TensorRt.Inference.Memory;

/// <summary>What comes before memory and contexts are given back: nothing may use them any more, and TensorRT asks which GPU it is.</summary>
internal static class Shutdown
{
    /// <summary>Makes the device current on this thread and waits for a stream.</summary>
    public static void Prepare(CudaContext context, CudaStream stream)
    {
        MakeCurrent(context);
        Wait(stream);
    }

    /// <summary>Makes the device current on this thread, where it still can be.</summary>
    public static void MakeCurrent(CudaContext context)
    {
        try
        {
            context.MakeCurrent();
        }
        catch (Exception gone) when (gone is CudaException or ObjectDisposedException)
        {
            // The device is lost, or was given back before: what can be given back still is.
        }
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
