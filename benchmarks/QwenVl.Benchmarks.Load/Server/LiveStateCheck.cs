namespace QwenVl.Benchmarks.Load.Server;

/// <summary>Waits until a server holds nothing for clients any more.</summary>
internal static class LiveStateCheck
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    /// <summary>Reads until all is zero, or for some seconds.</summary>
    /// <returns>What is over zero at the end; null where nothing could be read.</returns>
    public static async Task<IReadOnlyDictionary<string, double>?> RemainsAsync(MetricsClient client, TimeProvider time, CancellationToken cancellation)
    {
        long start = time.GetTimestamp();
        while (true)
        {
            MetricsPage? page = await client.ReadAsync(cancellation);
            Dictionary<string, double>? remains = page is null ? null : MetricNames.LiveState.Select(name => (name, value: page.Sum(name) ?? 0)).Where(metric => metric.value != 0).ToDictionary(metric => metric.name, metric => metric.value);
            if (remains is { Count: 0 } || time.GetElapsedTime(start) > Limit) return remains;
            await Task.Delay(Pause, time, cancellation);
        }
    }
}
