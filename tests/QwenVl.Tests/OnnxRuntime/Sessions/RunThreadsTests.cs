using QwenVl.OnnxRuntime.Sessions;

namespace QwenVl.Tests.OnnxRuntime.Sessions;

public sealed class RunThreadsTests
{
    [Theory]
    [InlineData(0, 5)]
    [InlineData(1, 8)]
    [InlineData(7, 3)]
    [InlineData(3, 1)]
    public void Each_number_is_done_once(int threads, int count)
    {
        using var runs = new RunThreads(threads);
        int[] done = new int[count];
        for (int round = 1; round <= 50; round++)
        {
            runs.ForEach(count, i => Interlocked.Increment(ref done[i]));
            Assert.All(done, times => Assert.Equal(round, times));
        }
    }

    [Fact]
    public void Runs_are_side_by_side()
    {
        using var runs = new RunThreads(1);
        using var both = new Barrier(2);
        // Would wait for ever on one thread.
        runs.ForEach(2, _ => Assert.True(both.SignalAndWait(TimeSpan.FromMinutes(1))));
    }

    [Fact]
    public void What_a_run_throws_reaches_the_caller_and_the_threads_go_on()
    {
        using var runs = new RunThreads(2);
        Assert.Equal("no", Assert.Throws<InvalidOperationException>(() => runs.ForEach(6, i =>
        {
            if (i == 2) throw new InvalidOperationException("no");
        })).Message);

        int done = 0;
        runs.ForEach(4, _ => Interlocked.Increment(ref done));
        Assert.Equal(4, done);
    }
}
