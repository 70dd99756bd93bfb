namespace QwenVl.Client.Routing;

/// <summary>
/// What this client's own transfers say about its network: nothing is sent to find out. A phone changes networks, so what is old
/// counts for nothing. Safe for concurrent use.
/// </summary>
internal sealed class NetworkMonitor(TimeProvider time)
{
    /// <summary>Older measurements are of another place.</summary>
    public static readonly TimeSpan Stale = TimeSpan.FromMinutes(2);

    /// <summary>Fewer bytes measure the round trip, not the goodput.</summary>
    public const int LeastBytes = 16 * 1024;

    private static readonly TimeSpan Memory = TimeSpan.FromSeconds(20);

    // A new connection says hello after TCP's own handshake.
    private const int HandshakeRoundTrips = 2;

    private readonly Lock _gate = new();
    private readonly MovingMean _up = new(time, Memory);
    private readonly MovingMean _down = new(time, Memory);
    private readonly MovingMean _roundTrip = new(time, Memory);

    /// <summary>A connection was opened and said welcome: a first guess at its round trip, which is all that is known of a network just joined.</summary>
    public void Connected(TimeSpan elapsed)
    {
        lock (_gate)
        {
            _roundTrip.Clear();
            _roundTrip.Add(elapsed.TotalSeconds / HandshakeRoundTrips);
        }
    }

    /// <summary>A message was answered at once.</summary>
    public void Answered(TimeSpan elapsed)
    {
        lock (_gate) _roundTrip.Add(elapsed.TotalSeconds);
    }

    /// <summary>Bytes were sent, and their arrival was confirmed.</summary>
    public void Sent(long bytes, TimeSpan elapsed)
    {
        lock (_gate)
        {
            double seconds = elapsed.TotalSeconds;
            // The confirmation came a round trip later; a guess of that must not make a transfer infinitely fast.
            Add(_up, bytes, Math.Max(seconds - (_roundTrip.Within(Stale) ?? 0), seconds / 2));
        }
    }

    /// <summary>Bytes came, the time counted from the first of them.</summary>
    public void Received(long bytes, TimeSpan elapsed)
    {
        lock (_gate) Add(_down, bytes, elapsed.TotalSeconds);
    }

    /// <summary>What is known.</summary>
    /// <param name="hints">Stands in for what has not been measured.</param>
    public NetworkFacts Facts(DeviceHints hints)
    {
        lock (_gate)
        {
            return new NetworkFacts
            {
                UpBytesPerSecond = 1 / _up.Within(Stale) ?? hints.UpBytesPerSecond,
                DownBytesPerSecond = 1 / _down.Within(Stale) ?? hints.DownBytesPerSecond,
                RoundTrip = _roundTrip.Within(Stale) is { } seconds ? TimeSpan.FromSeconds(seconds) : null,
            };
        }
    }

    /// <summary>Times for a byte are averaged, so that one burst does not hide a slow network.</summary>
    private static void Add(MovingMean mean, long bytes, double seconds)
    {
        if (bytes >= LeastBytes) mean.Add(seconds / bytes);
    }
}
