using System.Numerics;
using System.Runtime.InteropServices;

namespace QwenVl.Benchmarks.Device.Speed;

/// <summary>How many bytes of memory all threads together read a second: a token reads every weight once, so this is its floor.</summary>
internal static class ReadBandwidth
{
    private const int BufferBytes = 1 << 30;
    private const int Passes = 5;

    /// <returns>Bytes a second, the median of a few passes over random numbers.</returns>
    public static unsafe double Measure(int threads)
    {
        void* buffer = NativeMemory.AlignedAlloc(BufferBytes, 64);
        try
        {
            new Random(1).NextBytes(new Span<byte>(buffer, BufferBytes));
            nint address = (nint)buffer;
            double[] rates = [.. Enumerable.Range(0, Passes).Select(_ => Pass(address, threads)).Order()];
            return rates[Passes / 2];
        }
        finally
        {
            NativeMemory.AlignedFree(buffer);
        }
    }

    private static double Pass(nint buffer, int threads)
    {
        var sums = new long[threads * 16];
        long start = TimeProvider.System.GetTimestamp();
        Thread[] readers = [.. Enumerable.Range(0, threads).Select(index => new Thread(() => sums[index * 16] = Sum(buffer, index, threads)))];
        foreach (Thread reader in readers) reader.Start();
        foreach (Thread reader in readers) reader.Join();
        double seconds = TimeProvider.System.GetElapsedTime(start).TotalSeconds;
        GC.KeepAlive(sums);
        return BufferBytes / seconds;
    }

    private static unsafe long Sum(nint buffer, int index, int threads)
    {
        int length = BufferBytes / threads;
        var numbers = new ReadOnlySpan<Vector<long>>((byte*)buffer + (long)index * length, length / Vector<byte>.Count);
        Vector<long> first = default, second = default, third = default, fourth = default;
        for (int i = 0; i + 3 < numbers.Length; i += 4)
        {
            first += numbers[i];
            second += numbers[i + 1];
            third += numbers[i + 2];
            fourth += numbers[i + 3];
        }

        return Vector.Sum(first + second + third + fourth);
    }
}
