using QwenVl.TensorRt.Cuda;
using QwenVl.Tests.TensorRt.Cuda.Fakes;

namespace QwenVl.Tests.TensorRt.Cuda;

public sealed class CudaEventTests : FakeCudaTest
{
    [Fact]
    public void An_event_is_complete_when_what_it_was_recorded_after_is_done()
    {
        Fake.Deferred = true;
        using var mark = new CudaEvent(Context);
        Assert.True(mark.IsCompleted);

        mark.Record(Stream);

        Assert.False(mark.IsCompleted);
        mark.Synchronize();
        Assert.True(mark.IsCompleted);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Time_is_taken_between_two_events_by_new_and_old_drivers(bool old)
    {
        if (old) Fake.Hide("cuEventElapsedTime_v2");
        using var context = new CudaContext(Fake.Start().GetDevice(0));
        using CudaEvent start = new(context, CudaEventOptions.Timing), end = new(context, CudaEventOptions.Timing | CudaEventOptions.BlockingWait);
        using var memory = new CudaDeviceVariable<byte>(Context, 1);

        start.Record(Stream);
        memory.MemsetAsync(1, Stream);
        end.Record(Stream);
        end.Synchronize();

        Assert.Equal(TimeSpan.FromMilliseconds(2), end.ElapsedSince(start));
        string expected = old ? "cuEventElapsedTime" : "cuEventElapsedTime_v2";
        Assert.Equal(expected, Assert.Single(Fake.Calls, call => call.StartsWith("cuEventElapsed", StringComparison.Ordinal)));
    }

    [Fact]
    public void Time_needs_events_that_take_it()
    {
        using CudaEvent with = new(Context, CudaEventOptions.Timing), without = new(Context);

        Assert.Throws<InvalidOperationException>(() => with.ElapsedSince(without));
        Assert.Throws<InvalidOperationException>(() => without.ElapsedSince(with));
    }

    [Fact]
    public void Time_between_events_that_are_not_complete_is_not_ready()
    {
        Fake.Deferred = true;
        using CudaEvent start = new(Context, CudaEventOptions.Timing), end = new(Context, CudaEventOptions.Timing);
        start.Record(Stream);
        end.Record(Stream);
        Stream.Synchronize();
        end.Record(Stream);

        Assert.Equal(CudaResult.NotReady, Assert.Throws<CudaException>(() => end.ElapsedSince(start)).Result);
    }

    [Fact]
    public void A_stream_of_another_device_is_refused()
    {
        using var elsewhere = new CudaContext(Driver.GetDevice(1));
        using var stream = new CudaStream(elsewhere);
        using var mark = new CudaEvent(Context);

        Assert.Throws<ArgumentException>(() => mark.Record(stream));
    }
}
