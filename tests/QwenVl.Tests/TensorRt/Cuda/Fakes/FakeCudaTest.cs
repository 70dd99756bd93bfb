using QwenVl.TensorRt.Cuda;

namespace QwenVl.Tests.TensorRt.Cuda.Fakes;

/// <summary>A test on a machine with two fake devices. At its end nothing may have been done that breaks a real driver.</summary>
[Collection(nameof(FakeCudaDriver))]
public abstract class FakeCudaTest : IDisposable
{
    private protected FakeCudaTest()
    {
        Fake = new FakeCudaDriver();
        Driver = Fake.Start();
        Context = new CudaContext(Driver.GetDevice(0));
        Stream = new CudaStream(Context);
    }

    private protected FakeCudaDriver Fake { get; }

    private protected CudaDriver Driver { get; }

    /// <summary>A context on device 0.</summary>
    private protected CudaContext Context { get; }

    private protected CudaStream Stream { get; }

    public void Dispose()
    {
        GC.SuppressFinalize(this);
        Stream.Dispose();
        Context.Dispose();
        IReadOnlyList<string> violations = Fake.Violations;
        Fake.Dispose();
        Assert.Empty(violations);
    }

    private protected CudaDeviceVariable<T> Device<T>(params T[] values)
        where T : unmanaged
    {
        var made = new CudaDeviceVariable<T>(Context, values.Length);
        made.CopyFromHost(values, 0, Stream);
        return made;
    }

    private protected CudaPageLockedHostMemory<T> Host<T>(params T[] values)
        where T : unmanaged
    {
        var made = new CudaPageLockedHostMemory<T>(Context, values.Length);
        values.CopyTo(made.Span);
        return made;
    }

    private protected T[] Read<T>(CudaDeviceVariable<T> memory)
        where T : unmanaged
    {
        var values = new T[memory.Count];
        memory.CopyToHost(values, 0, Stream);
        return values;
    }
}
