using QwenVl.TensorRt.Cuda;
using QwenVl.Tests.TensorRt.Cuda.Fakes;

namespace QwenVl.Tests.TensorRt.Cuda;

public sealed class CudaGraphTests : FakeCudaTest
{
    [Fact]
    public void A_launch_does_what_was_recorded_each_time_even_after_the_record_is_disposed()
    {
        using CudaDeviceVariable<int> source = Device(1), memory = Device(0, 0);
        CudaGraph graph = Stream.Capture(() => memory.CopyFromDeviceAsync(source, 0, 1, 1, Stream));
        using CudaGraphExec exec = graph.Instantiate();
        graph.Dispose();

        exec.Launch(Stream);
        Assert.Equal([0, 1], Read(memory));

        source.CopyFromHost([2], 0, Stream);
        exec.Launch(Stream);
        Assert.Equal([0, 2], Read(memory));
    }

    [Fact]
    public void A_record_of_the_same_work_with_other_addresses_is_taken_over()
    {
        using CudaDeviceVariable<int> source = Device(1), first = Device(0), second = Device(0);
        using CudaGraph old = Stream.Capture(() => first.CopyFromDeviceAsync(source, 0, 0, 1, Stream));
        using CudaGraph next = Stream.Capture(() => second.CopyFromDeviceAsync(source, 0, 0, 1, Stream));
        using CudaGraphExec exec = old.Instantiate();

        Assert.True(exec.TryUpdate(next, out string? reason));
        exec.Launch(Stream);

        Assert.Null(reason);
        Assert.Equal([0], Read(first));
        Assert.Equal([1], Read(second));
    }

    [Fact]
    public void A_record_of_other_work_is_refused_with_the_reason()
    {
        using CudaDeviceVariable<int> memory = Device(1, 2);
        using CudaGraph one = Stream.Capture(() => memory.MemsetAsync(0, Stream));
        using CudaGraph kind = Stream.Capture(() => memory.CopyFromDeviceAsync(memory, 0, 1, 1, Stream));
        using CudaGraph longer = Stream.Capture(() =>
        {
            memory.MemsetAsync(0, Stream);
            memory.MemsetAsync(0, Stream);
        });
        using CudaGraphExec exec = one.Instantiate();

        Assert.False(exec.TryUpdate(kind, out string? reason));
        Assert.Equal("A node is of another kind.", reason);
        Assert.False(exec.TryUpdate(longer, out reason));
        Assert.Equal("The graph has other nodes or another order.", reason);
    }

    [Fact]
    public void An_update_that_fails_for_another_reason_throws()
    {
        using CudaGraph graph = Stream.Capture(() => { });
        using CudaGraphExec exec = graph.Instantiate();
        Fake.Fail("cuGraphExecUpdate_v2", CudaResult.LaunchFailed);

        var error = Assert.Throws<CudaException>(() => exec.TryUpdate(graph, out _));

        Assert.Equal((CudaResult.LaunchFailed, "cuGraphExecUpdate", true), (error.Result, error.Operation, error.IsContextLost));
    }

    [Fact]
    public void A_stream_of_another_device_is_refused()
    {
        using var elsewhere = new CudaContext(Driver.GetDevice(1));
        using var stream = new CudaStream(elsewhere);
        using CudaGraph graph = Stream.Capture(() => { });
        using CudaGraphExec exec = graph.Instantiate();

        Assert.Throws<ArgumentException>(() => exec.Launch(stream));
    }
}
