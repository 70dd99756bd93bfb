using System.Diagnostics;
using System.Globalization;
using QwenVl.TensorRt.Cuda;

namespace QwenVl.Benchmarks.Gpu.Recorded;

/// <summary>Whether something that is done very often takes more and more memory.</summary>
internal static class Growth
{
    // Heaps settle in steps; a leak of one object a run would be far more.
    private const long HostTolerance = 4 << 20;

    /// <summary>Does it often enough for everything to settle, and then as often again for what it takes.</summary>
    /// <param name="context">The device.</param>
    /// <param name="runs">How often it is measured.</param>
    /// <param name="run">Does it once.</param>
    /// <param name="wait">Waits for what was queued.</param>
    /// <exception cref="InvalidDataException">Memory grew.</exception>
    public static string Of(CudaContext context, int runs, Action run, Action wait)
    {
        for (int i = 0; i < runs / 10; i++) run();
        wait();
        (long host, long device, long allocated) = (HostBytes(), context.GetMemoryInfo().FreeBytes, GC.GetAllocatedBytesForCurrentThread());
        for (int i = 0; i < runs; i++)
        {
            run();
            if (i % 100 == 99) wait();
        }

        wait();
        allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
        long hostGrowth = HostBytes() - host, deviceGrowth = device - context.GetMemoryInfo().FreeBytes;
        string detail = string.Create(CultureInfo.InvariantCulture, $"{runs} runs: host {hostGrowth:+0;-0;0} bytes, device {deviceGrowth:+0;-0;0} bytes, {(double)allocated / runs:0.##} managed bytes a run");
        return hostGrowth <= HostTolerance && deviceGrowth <= 0 ? detail : throw new InvalidDataException(detail);
    }

    private static long HostBytes()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        using Process self = Process.GetCurrentProcess();
        return self.WorkingSet64;
    }
}
