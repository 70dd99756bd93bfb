namespace QwenVl.Tests.Server.Fakes;

/// <summary>Lets a thread through so many times; whoever comes then waits and is seen waiting.</summary>
internal sealed class Gate(int permits = 0) : IDisposable
{
    private readonly SemaphoreSlim _permits = new(permits);
    private readonly SemaphoreSlim _arrivals = new(0);
    private volatile bool _open;

    public void Pass()
    {
        if (_open) return;
        if (_permits.Wait(0)) return;
        _arrivals.Release();
        if (!_permits.Wait(Waiting.Limit)) throw new TimeoutException("Nobody opened the gate.");
    }

    /// <summary>Ends when somebody stands at the closed gate.</summary>
    public async Task ArrivedAsync()
    {
        if (!await _arrivals.WaitAsync(Waiting.Limit)) throw new TimeoutException("Nobody came to the gate.");
    }

    public void Let(int passes) => _permits.Release(passes);

    public void Open()
    {
        _open = true;
        _permits.Release(1000);
    }

    public void Dispose() => Open();
}
