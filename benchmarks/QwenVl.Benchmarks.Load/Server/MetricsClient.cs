namespace QwenVl.Benchmarks.Load.Server;

/// <summary>Reads a server's metrics. Safe for concurrent use.</summary>
/// <param name="address">The page's address.</param>
internal sealed class MetricsClient(Uri address) : IDisposable
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);
    private readonly HttpClient _http = new() { Timeout = Timeout };
    private int _failures;

    /// <summary>Pages that could not be read.</summary>
    public int Failures => _failures;

    /// <summary>Reads the page; null where that fails, which ends no run.</summary>
    public async Task<MetricsPage?> ReadAsync(CancellationToken cancellation)
    {
        try
        {
            return MetricsPage.Parse(await _http.GetStringAsync(address, cancellation));
        }
        catch (Exception error) when (error is HttpRequestException or TaskCanceledException && !cancellation.IsCancellationRequested)
        {
            Interlocked.Increment(ref _failures);
            return null;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();
}
