using QwenVl.TensorRt.Cuda;

namespace QwenVl.Benchmarks.Gpu;

/// <summary>Times of work on a stream, by the device's own clock.</summary>
internal static class Timing
{
    private const int WarmUps = 10;

    /// <summary>Runs something often, after some runs that do not count.</summary>
    /// <returns>The times, ascending.</returns>
    public static TimeSpan[] Sample(CudaContext context, CudaStream stream, int samples, Action run)
    {
        for (int i = 0; i < WarmUps; i++) run();
        stream.Synchronize();
        using var start = new CudaEvent(context, CudaEventOptions.Timing);
        using var end = new CudaEvent(context, CudaEventOptions.Timing);
        var times = new TimeSpan[samples];
        for (int i = 0; i < samples; i++)
        {
            start.Record(stream);
            run();
            end.Record(stream);
            end.Synchronize();
            times[i] = end.ElapsedSince(start);
        }

        Array.Sort(times);
        return times;
    }
}
