using QwenVl.Protos.V1;

namespace QwenVl.Benchmarks.Load.Streaming;

/// <summary>What the server says about one announced picture.</summary>
internal sealed class Upload
{
    private readonly TaskCompletionSource<ServerMessage> _first = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>ImageNeeded or ImageReady, whichever comes first.</summary>
    public Task<ServerMessage> First => _first.Task;

    /// <summary>When the server said that it holds the picture; null before.</summary>
    public long? ReadyAt { get; private set; }

    /// <summary>Whether the server asked for the bytes.</summary>
    public bool WasNeeded { get; private set; }

    /// <summary>Takes a message in.</summary>
    public void Receive(ServerMessage message, long timestamp)
    {
        if (message.ImageReady is not null) ReadyAt = timestamp;
        if (message.ImageNeeded is not null) WasNeeded = true;
        _first.TrySetResult(message);
    }

    /// <summary>The stream ended.</summary>
    public void Fail(Exception error)
    {
        _first.TrySetException(error);
        // Nobody need be waiting.
        _ = _first.Task.Exception;
    }
}
