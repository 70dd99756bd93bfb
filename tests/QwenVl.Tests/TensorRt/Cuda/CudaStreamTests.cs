using QwenVl.TensorRt.Cuda;
using QwenVl.Tests.TensorRt.Cuda.Fakes;

namespace QwenVl.Tests.TensorRt.Cuda;

public sealed class CudaStreamTests : FakeCudaTest
{
    [Fact]
    public void Work_is_done_when_the_stream_was_waited_for()
    {
        Fake.Deferred = true;
        using var memory = new CudaDeviceVariable<byte>(Context, 1);
        Assert.True(Stream.IsCompleted);

        memory.MemsetAsync(1, Stream);

        Assert.False(Stream.IsCompleted);
        Stream.Synchronize();
        Assert.True(Stream.IsCompleted);
    }

    [Fact]
    public void A_stream_that_waits_for_an_event_comes_after_what_it_was_recorded_after()
    {
        Fake.Deferred = true;
        using var later = new CudaStream(Context);
        using var written = new CudaEvent(Context);
        using var memory = new CudaDeviceVariable<byte>(Context, 1);
        using CudaPageLockedHostMemory<byte> host = Host<byte>(0);

        memory.MemsetAsync(9, Stream);
        written.Record(Stream);
        later.WaitFor(written);
        memory.CopyToHostAsync(host, later);
        later.Synchronize();

        Assert.Equal(9, host.Span[0]);
    }

    [Fact]
    public void A_failure_of_earlier_work_shows_where_it_is_waited_for()
    {
        Fake.Fail("cuStreamSynchronize", CudaResult.IllegalAddress);

        var error = Assert.Throws<CudaException>(Stream.Synchronize);

        Assert.Equal((CudaResult.IllegalAddress, "cuStreamSynchronize", true), (error.Result, error.Operation, error.IsContextLost));
    }

    [Fact]
    public void A_capture_records_and_does_nothing()
    {
        using CudaDeviceVariable<byte> memory = Device<byte>(1);

        using CudaGraph graph = Stream.Capture(() =>
        {
            Assert.True(Stream.IsCapturing);
            memory.MemsetAsync(5, Stream);
        });

        Assert.False(Stream.IsCapturing);
        Assert.Equal(1, graph.NodeCount);
        Assert.Equal([1], Read(memory));
    }

    [Fact]
    public void A_capture_whose_action_throws_is_ended_and_its_record_thrown_away()
    {
        using CudaDeviceVariable<byte> memory = Device<byte>(1);
        int living = Fake.Living;

        var error = Assert.Throws<FormatException>(() => Stream.Capture(() =>
        {
            memory.MemsetAsync(5, Stream);
            throw new FormatException("mine");
        }));

        Assert.Equal("mine", error.Message);
        Assert.False(Stream.IsCapturing);
        Assert.Equal(living, Fake.Living);
        using CudaGraph next = Stream.Capture(() => memory.MemsetAsync(5, Stream));
        Assert.Equal(1, next.NodeCount);
    }

    [Fact]
    public void A_capture_that_something_spoils_says_so_and_is_ended()
    {
        var error = Assert.Throws<CudaException>(() => Stream.Capture(() => Assert.Throws<CudaException>(Stream.Synchronize)));

        Assert.Equal(CudaResult.StreamCaptureInvalidated, error.Result);
        Assert.False(Stream.IsCapturing);
    }

    [Fact]
    public void A_capture_within_a_capture_is_refused_and_the_outer_one_goes_on()
    {
        using CudaDeviceVariable<byte> memory = Device<byte>(1);

        using CudaGraph graph = Stream.Capture(() =>
        {
            Assert.Throws<InvalidOperationException>(() => Stream.Capture(() => { }));
            memory.MemsetAsync(5, Stream);
        });

        Assert.Equal(1, graph.NodeCount);
    }

    [Fact]
    public void An_action_that_disposes_its_stream_leaves_no_capture_behind()
    {
        var stream = new CudaStream(Context);
        int living = Fake.Living;

        stream.Capture(stream.Dispose).Dispose();

        Assert.Equal(living - 1, Fake.Living);
        Assert.Throws<ObjectDisposedException>(stream.BeginCapture);
    }

    [Fact]
    public void Beginning_and_ending_a_capture_by_hand_gives_the_graph()
    {
        using CudaDeviceVariable<byte> memory = Device<byte>(1);

        Stream.BeginCapture();
        memory.MemsetAsync(5, Stream);
        using CudaGraph graph = Stream.EndCapture();

        Assert.Equal(1, graph.NodeCount);
        Assert.Throws<CudaException>(Stream.EndCapture);
    }

    [Fact]
    public void A_stream_that_the_driver_does_not_make_leaves_nothing_behind()
    {
        int living = Fake.Living;
        Fake.Fail("cuStreamCreateWithPriority", CudaResult.OutOfMemory);

        Assert.Throws<CudaException>(() => new CudaStream(Context));

        Assert.Equal(living, Fake.Living);
    }
}
