using QwenVl.Client;
using QwenVl.Client.Device;

namespace QwenVl.Tests.Client.Device;

public sealed class DeviceThreadTests
{
    [Fact]
    public async Task Work_runs_in_its_order_on_one_thread_and_what_waits_is_done_at_the_end()
    {
        var done = new List<(int Number, int Thread)>();
        var thread = new DeviceThread("test");
        using var gate = new ManualResetEventSlim();
        Task first = thread.RunAsync(() => { gate.Wait(); return 0; }, CancellationToken.None);
        Task[] others = [.. Enumerable.Range(0, 20).Select(i => thread.RunAsync(() => { done.Add((i, Environment.CurrentManagedThreadId)); return i; }, CancellationToken.None))];
        Task disposal = thread.DisposeAsync().AsTask();
        gate.Set();

        await Task.WhenAll([first, disposal, .. others]);

        Assert.Equal(Enumerable.Range(0, 20), done.Select(each => each.Number));
        Assert.Single(done.Select(each => each.Thread).Distinct());
        await Assert.ThrowsAsync<ObjectDisposedException>(() => thread.RunAsync(() => 0, CancellationToken.None));
    }

    [Fact]
    public async Task A_tokens_work_can_be_started_again_after_a_failure_and_a_cancellation()
    {
        await using var thread = new DeviceThread("test");
        int calls = 0;
        var work = new TokenWork(() => ++calls == 2 ? throw new InvalidDataException("broken") : calls);

        Assert.Equal(1, await work.StartAsync(thread, CancellationToken.None));
        QwenVlException failed = await Assert.ThrowsAsync<QwenVlException>(async () => await work.StartAsync(thread, CancellationToken.None));
        await Assert.ThrowsAsync<OperationCanceledException>(async () => await work.StartAsync(thread, new CancellationToken(canceled: true)));
        Assert.Equal(3, await work.StartAsync(thread, CancellationToken.None));

        Assert.Equal(QwenVlErrorCode.DeviceFailed, failed.Code);
        Assert.Contains("broken", failed.Message, StringComparison.Ordinal);
    }
}
