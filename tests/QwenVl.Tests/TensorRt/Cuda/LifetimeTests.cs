using System.Runtime.CompilerServices;
using FsCheck.Xunit;
using QwenVl.TensorRt.Cuda;
using QwenVl.Tests.TensorRt.Cuda.Fakes;

namespace QwenVl.Tests.TensorRt.Cuda;

public sealed class LifetimeTests : FakeCudaTest
{
    [Property(MaxTest = 100)]
    public void Whatever_the_order_of_disposing_the_context_is_released_last_and_nothing_stays(int seed)
    {
        IDisposable[] things = Everything(new CudaContext(Driver.GetDevice(1)));
        new Random(seed).Shuffle(things);

        for (int i = 0; i < things.Length; i++)
        {
            Assert.Equal(2, Fake.Retained);
            things[i].Dispose();
            things[i].Dispose();
        }

        Assert.Equal((1, 1), (Fake.Retained, Fake.Living));
        Assert.Empty(Fake.Violations);
        Assert.Equal((0, 0), (Driver.Memory.DeviceBytes, Driver.Memory.PinnedBytes));
    }

    [Fact]
    public void What_was_made_works_on_after_its_context_is_disposed()
    {
        var context = new CudaContext(Driver.GetDevice(1));
        using var stream = new CudaStream(context);
        using var memory = new CudaDeviceVariable<byte>(context, 3);
        context.Dispose();
        Assert.Throws<ObjectDisposedException>(context.MakeCurrent);

        memory.MemsetAsync(7, stream);
        var read = new byte[3];
        memory.CopyToHost(read, 0, stream);

        Assert.Equal([7, 7, 7], read);
    }

    [Fact]
    public void What_nobody_disposed_the_finalizer_gives_back()
    {
        Forget();
        GC.Collect();
        GC.WaitForPendingFinalizers();

        Assert.Equal((1, 1), (Fake.Retained, Fake.Living));
        Assert.Equal((0, 0), (Driver.Memory.DeviceBytes, Driver.Memory.PinnedBytes));
    }

    [Theory]
    [InlineData("cuDevicePrimaryCtxRetain")]
    [InlineData("cuStreamCreateWithPriority")]
    [InlineData("cuEventCreate")]
    [InlineData("cuMemAlloc_v2")]
    [InlineData("cuMemHostAlloc")]
    [InlineData("cuStreamBeginCapture_v2")]
    [InlineData("cuGraphInstantiateWithFlags")]
    [InlineData("cuCtxPushCurrent_v2")]
    public void Whatever_the_driver_refuses_to_make_the_rest_is_given_back(string refused)
    {
        var made = new List<IDisposable>();
        Fake.Fail(refused, CudaResult.OutOfMemory);

        Assert.Throws<CudaException>(() => Everything(new CudaContext(Driver.GetDevice(1)), made));
        foreach (IDisposable thing in made) thing.Dispose();

        Assert.Equal((1, 1), (Fake.Retained, Fake.Living));
    }

    [Fact]
    public void Disposed_things_say_so()
    {
        var stream = new CudaStream(Context);
        var mark = new CudaEvent(Context);
        CudaDeviceVariable<int> device = Device(1);
        CudaPageLockedHostMemory<int> host = Host(1);
        CudaGraph graph = Stream.Capture(() => { });
        CudaGraphExec exec = graph.Instantiate();
        foreach (IDisposable thing in new IDisposable[] { stream, mark, device, host, graph, exec }) thing.Dispose();
        using CudaDeviceVariable<int> living = Device(1);
        Fake.ForgetCalls();

        Assert.Throws<ObjectDisposedException>(stream.Synchronize);
        Assert.Throws<ObjectDisposedException>(() => stream.IsCompleted);
        Assert.Throws<ObjectDisposedException>(() => stream.Capture(() => { }));
        Assert.Throws<ObjectDisposedException>(() => mark.Record(Stream));
        Assert.Throws<ObjectDisposedException>(() => Stream.WaitFor(mark));
        Assert.Throws<ObjectDisposedException>(() => device.DevicePointer);
        Assert.Throws<ObjectDisposedException>(() => living.CopyFromDeviceAsync(device, 0, 0, 1, Stream));
        Assert.Throws<ObjectDisposedException>(() => living.CopyFromHostAsync(host, Stream));
        Assert.Throws<ObjectDisposedException>(() => living.MemsetAsync(0, stream));
        Assert.Throws<ObjectDisposedException>(() => host.Span.Length);
        Assert.Throws<ObjectDisposedException>(() => host.Memory.Span.Length);
        Assert.Throws<ObjectDisposedException>(() => host.Memory.Pin());
        Assert.Throws<ObjectDisposedException>(() => graph.NodeCount);
        Assert.Throws<ObjectDisposedException>(() => exec.Launch(Stream));
        Assert.Empty(Fake.Calls);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Forget()
    {
        foreach (IDisposable thing in Everything(new CudaContext(Driver.GetDevice(1)))) GC.KeepAlive(thing);
    }

    private static IDisposable[] Everything(CudaContext context, List<IDisposable>? made = null)
    {
        made ??= [];
        made.Add(context);
        CudaStream stream = Add(new CudaStream(context));
        CudaDeviceVariable<float> memory = Add(new CudaDeviceVariable<float>(context, 10));
        CudaGraph graph = Add(stream.Capture(() => memory.MemsetAsync(0, stream)));
        Add(graph.Instantiate());
        Add(new CudaEvent(context));
        Add(new CudaPageLockedHostMemory<short>(context, 5));
        return [.. made];

        T Add<T>(T thing)
            where T : IDisposable
        {
            made.Add(thing);
            return thing;
        }
    }
}
