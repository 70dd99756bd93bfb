namespace QwenVl.Client.Transport;

/// <summary>
/// How long to wait before the server is tried again: each time in vain doubles it, half of it is drawn by lot so that the
/// clients of a server that was lost do not come back together, and what the server asks for is the least. For one caller at a time.
/// </summary>
internal sealed class Backoff(QwenVlClientOptions options)
{
    /// <summary>A server that wants to be left alone for longer than this is not waited for.</summary>
    private static readonly TimeSpan MostPatience = TimeSpan.FromSeconds(30);

    private int _inVain;

    /// <summary>The wait before the next attempt after one that failed.</summary>
    /// <returns>Null where another would not help, there were as many in vain as are allowed, or the server asks for too long a wait.</returns>
    public TimeSpan? After(QwenVlException lost) => lost.IsTransient ? Next(lost.RetryAfter) : null;

    /// <summary>The wait before the next attempt.</summary>
    /// <param name="retryAfter">What the server asks for; null where it does not say.</param>
    /// <returns>Null where there were as many attempts in vain as are allowed, or the server asks for too long a wait.</returns>
    public TimeSpan? Next(TimeSpan? retryAfter)
    {
        if (_inVain >= options.MaxReconnects || retryAfter > MostPatience) return null;
        double most = Math.Min(options.MaxReconnectDelay.TotalSeconds, options.ReconnectDelay.TotalSeconds * Math.Pow(2, _inVain++));
        TimeSpan wait = TimeSpan.FromSeconds(most * (1 + Random.Shared.NextDouble()) / 2);
        return retryAfter > wait ? retryAfter : wait;
    }

    /// <summary>The attempt brought something: the next one begins anew.</summary>
    public void Progressed() => _inVain = 0;
}
