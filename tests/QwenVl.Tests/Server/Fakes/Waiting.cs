namespace QwenVl.Tests.Server.Fakes;

/// <summary>How tests wait for other threads.</summary>
internal static class Waiting
{
    /// <summary>Longer than anything takes on a busy machine; only a failure reaches it.</summary>
    public static TimeSpan Limit { get; } = TimeSpan.FromSeconds(60);

    /// <summary>Waits until something holds that no event tells of.</summary>
    public static async Task UntilAsync(Func<bool> holds, string what)
    {
        using var timeout = new CancellationTokenSource(Limit);
        while (!holds())
        {
            Assert.False(timeout.IsCancellationRequested, $"Waited in vain: {what}.");
            await Task.Yield();
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System);
        }
    }
}
