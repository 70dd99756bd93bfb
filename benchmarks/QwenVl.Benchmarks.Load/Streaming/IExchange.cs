using QwenVl.Protos.V1;

namespace QwenVl.Benchmarks.Load.Streaming;

/// <summary>What gets the messages about one question. Called by the stream's reader alone.</summary>
internal interface IExchange
{
    /// <summary>A message came.</summary>
    /// <param name="message">The message.</param>
    /// <param name="timestamp">When, by the stream's clock.</param>
    void Receive(ServerMessage message, long timestamp);

    /// <summary>The stream ended.</summary>
    /// <param name="error">Why; null: in good order.</param>
    /// <param name="timestamp">When, by the stream's clock.</param>
    void StreamEnded(Exception? error, long timestamp);
}
