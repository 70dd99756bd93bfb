using QwenVl.Benchmarks.Load.Scenarios;
using QwenVl.Benchmarks.Load.Streaming;
using QwenVl.Benchmarks.Load.Workloads;

namespace QwenVl.Benchmarks.Load.Driving;

/// <summary>Streams that stay open and are asked in turn. One that has no room for pictures any more is replaced. Safe for concurrent use.</summary>
internal sealed class KeptStreams(Scenario scenario, ConnectionPool connections, ServerIdentity identity, TimeProvider time) : IAsyncDisposable
{
    private const int OpenedAtOnce = 16;
    private readonly Slot[] _slots = CreateSlots(scenario);
    private readonly Lock _lock = new();
    private int _turn;
    private long _reopened;
    private int _strays;

    /// <summary>Streams that were replaced.</summary>
    public long Reopened => Interlocked.Read(ref _reopened);

    /// <summary>Messages about nothing that a stream knew of.</summary>
    public int Strays => _strays + _slots.Sum(slot => slot.Stream?.Strays ?? 0);

    /// <summary>Opens all streams.</summary>
    /// <exception cref="Grpc.Core.RpcException">One was refused.</exception>
    public Task OpenAsync(CancellationToken cancellation) =>
        Parallel.ForEachAsync(_slots, new ParallelOptions { MaxDegreeOfParallelism = OpenedAtOnce, CancellationToken = cancellation }, async (slot, token) => slot.Stream = await OpenOneAsync(slot.Network, token));

    /// <summary>Takes a place in a stream, an idle one where there is one.</summary>
    /// <returns>The place; null where every stream has as many questions as it may.</returns>
    /// <exception cref="Grpc.Core.RpcException">A stream had to be replaced and was refused.</exception>
    public async Task<Place?> TakeAsync(int network, CancellationToken cancellation)
    {
        if (Choose(network) is not { } slot) return null;
        try
        {
            if (!IsUsable(slot))
            {
                if (slot.Stream is { } old) await DisposeAsync(old);
                slot.Stream = null;
                Interlocked.Increment(ref _reopened);
                slot.Stream = await OpenOneAsync(slot.Network, cancellation);
            }

            return new Place(this, slot, slot.Stream!);
        }
        catch
        {
            GiveBack(slot);
            throw;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (Slot slot in _slots)
            if (slot.Stream is { } stream) await stream.DisposeAsync();
    }

    private static Slot[] CreateSlots(Scenario scenario)
    {
        var random = new Random(scenario.Seed);
        double[] weights = [.. scenario.Networks.Select(network => network.Weight)];
        return [.. Enumerable.Range(0, scenario.KeptStreams).Select(_ => new Slot { Network = Weighted.Pick(weights, random) })];
    }

    private Task<ConverseStream> OpenOneAsync(int network, CancellationToken cancellation) =>
        ConverseStream.OpenAsync(connections.Next(network), identity.Hello(), timeout: null, TimeSpan.Zero, time, cancellation);

    private async Task DisposeAsync(ConverseStream stream)
    {
        Interlocked.Add(ref _strays, stream.Strays);
        await stream.DisposeAsync();
    }

    private Slot? Choose(int network)
    {
        int most = Math.Max(1, identity.Welcome.Limits?.MaxConcurrentQuestions ?? 1);
        lock (_lock)
        {
            Slot? best = null;
            for (int i = 0; i < _slots.Length; i++)
            {
                Slot slot = _slots[(_turn + i) % _slots.Length];
                // What must be replaced is, once nobody uses it.
                bool isFree = slot.Busy == 0 || (slot.Busy < most && IsUsable(slot));
                if (!isFree || best?.Busy <= slot.Busy && (best.Network == network || slot.Network != network)) continue;
                best = slot;
                if (slot.Busy == 0 && slot.Network == network) break;
            }

            if (best is null) return null;
            _turn = (Array.IndexOf(_slots, best) + 1) % _slots.Length;
            best.Busy++;
            return best;
        }
    }

    private bool IsUsable(Slot slot) => slot.Stream is { IsOver: false } stream && stream.Images < Math.Max(1, identity.Welcome.Limits?.MaxImagesPerStream ?? int.MaxValue);

    private void GiveBack(Slot slot)
    {
        lock (_lock) slot.Busy--;
    }

    /// <summary>A place in a stream, until it is disposed.</summary>
    internal sealed class Place(KeptStreams owner, Slot slot, ConverseStream stream) : IDisposable
    {
        /// <summary>The stream; other questions may be under way on it.</summary>
        public ConverseStream Stream => stream;

        /// <inheritdoc/>
        public void Dispose() => owner.GiveBack(slot);
    }

    /// <summary>One of the streams.</summary>
    internal sealed class Slot
    {
        /// <summary>Its network.</summary>
        public required int Network { get; init; }

        /// <summary>Null before it was opened, and while it is replaced.</summary>
        public volatile ConverseStream? Stream;

        /// <summary>Requests that use it.</summary>
        public int Busy { get; set; }
    }
}
