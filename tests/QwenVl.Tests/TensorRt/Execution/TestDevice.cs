using System.Runtime.InteropServices;

namespace QwenVl.Tests.TensorRt.Execution;

/// <summary>The little of the CUDA driver that a run needs: the first GPU's context, one stream, memory.</summary>
internal sealed unsafe class TestDevice : IDisposable
{
    private const uint NonBlocking = 1;

    private readonly nint _driver;
    private readonly List<ulong> _memory = [];

    private TestDevice(nint driver)
    {
        _driver = driver;
        nint context;
        Check(((delegate* unmanaged<uint, int>)Export("cuInit"))(0));
        Check(((delegate* unmanaged<nint*, int, int>)Export("cuDevicePrimaryCtxRetain"))(&context, 0));
        Check(((delegate* unmanaged<nint, int>)Export("cuCtxSetCurrent"))(context));
        nint stream;
        Check(((delegate* unmanaged<nint*, uint, int>)Export("cuStreamCreate"))(&stream, NonBlocking));
        Stream = stream;
    }

    public nint Stream { get; }

    /// <summary>Skips the test, saying why, where there is no GPU.</summary>
    public static TestDevice Require()
    {
        bool there = NativeLibrary.TryLoad("libcuda.so.1", out nint driver)
            && ((delegate* unmanaged<uint, int>)NativeLibrary.GetExport(driver, "cuInit"))(0) == 0;
        Assert.SkipUnless(there, "There is no NVIDIA GPU with a driver here.");
        return new TestDevice(driver);
    }

    public nint Allocate(long bytes)
    {
        ulong address;
        Check(((delegate* unmanaged<ulong*, nuint, int>)Export("cuMemAlloc_v2"))(&address, (nuint)Math.Max(bytes, 256)));
        _memory.Add(address);
        return (nint)address;
    }

    public nint Upload(ReadOnlySpan<byte> bytes)
    {
        nint address = Allocate(bytes.Length);
        fixed (byte* first = bytes) Check(((delegate* unmanaged<ulong, void*, nuint, int>)Export("cuMemcpyHtoD_v2"))((ulong)address, first, (nuint)bytes.Length));
        return address;
    }

    public byte[] Download(nint address, long bytes)
    {
        byte[] target = new byte[bytes];
        fixed (byte* first = target) Check(((delegate* unmanaged<void*, ulong, nuint, int>)Export("cuMemcpyDtoH_v2"))(first, (ulong)address, (nuint)bytes));
        return target;
    }

    public void Wait() => Check(((delegate* unmanaged<nint, int>)Export("cuStreamSynchronize"))(Stream));

    public void Dispose()
    {
        foreach (ulong address in _memory) Check(((delegate* unmanaged<ulong, int>)Export("cuMemFree_v2"))(address));
        Check(((delegate* unmanaged<nint, int>)Export("cuStreamDestroy_v2"))(Stream));
    }

    private nint Export(string name) => NativeLibrary.GetExport(_driver, name);

    private static void Check(int result) => Assert.Equal(0, result);
}
