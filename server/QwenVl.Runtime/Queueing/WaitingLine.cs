using QwenVl.Runtime.Errors;

namespace QwenVl.Runtime.Queueing;

/// <summary>
/// A line of bounded length in front of a thread. Whoever is cancelled leaves it at once, so that the place of somebody
/// who has gone keeps nobody out. Safe for concurrent use.
/// </summary>
/// <param name="capacity">The most that may wait.</param>
/// <param name="left">Is told of each that is cancelled while it waits; it is not taken any more.</param>
internal sealed class WaitingLine<T>(int capacity, Action<T> left)
{
    // A monitor, not a Lock: the thread sleeps on it.
    private readonly object _sync = new();
    private readonly LinkedList<Place> _places = [];
    private bool _closed;

    /// <summary>The most that may wait.</summary>
    public int Capacity => capacity;

    /// <summary>How many wait.</summary>
    public int Count
    {
        get
        {
            lock (_sync) return _places.Count;
        }
    }

    /// <summary>Joins the line; false where it is full.</summary>
    /// <exception cref="RequestException">The line is closed.</exception>
    public bool TryAdd(T item, CancellationToken cancellation)
    {
        var place = new Place(item);
        LinkedListNode<Place> node;
        lock (_sync)
        {
            if (_closed) throw RequestException.Ending();
            if (_places.Count >= capacity) return false;
            node = _places.AddLast(place);
            Monitor.Pulse(_sync);
        }

        // Outside the lock: a token that is cancelled already calls back here and now.
        CancellationTokenRegistration registration = cancellation.UnsafeRegister(_ => Leave(node), null);
        lock (_sync)
        {
            if (node.List is not null) place.Registration = registration;
            else registration.Unregister();
        }

        return true;
    }

    /// <summary>Takes the first, waiting for it where the line is empty.</summary>
    /// <returns>False where none came in time, or the line is closed and empty.</returns>
    public bool TryTake(out T item, TimeSpan wait)
    {
        lock (_sync)
        {
            while (_places.Count == 0)
            {
                if (_closed || wait == TimeSpan.Zero || !Monitor.Wait(_sync, wait))
                {
                    item = default!;
                    return false;
                }
            }

            Place first = _places.First!.Value;
            _places.RemoveFirst();
            first.Registration.Unregister();
            item = first.Item;
            return true;
        }
    }

    /// <summary>Nobody joins any more; whoever waits is still taken.</summary>
    public void Close()
    {
        lock (_sync)
        {
            _closed = true;
            Monitor.PulseAll(_sync);
        }
    }

    private void Leave(LinkedListNode<Place> node)
    {
        lock (_sync)
        {
            // It has been taken meanwhile: whoever took it looks at the token.
            if (node.List is null) return;
            _places.Remove(node);
        }

        left(node.Value.Item);
    }

    private sealed class Place(T item)
    {
        public T Item { get; } = item;

        public CancellationTokenRegistration Registration { get; set; }
    }
}
