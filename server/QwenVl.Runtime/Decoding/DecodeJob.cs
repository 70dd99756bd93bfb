using QwenVl.Runtime.Queueing;

namespace QwenVl.Runtime.Decoding;

/// <summary>A generation that waits for the decoder.</summary>
/// <param name="generation">What is generated.</param>
/// <param name="tokens">What it reserves of the key-value cache.</param>
/// <param name="arrived">When it came.</param>
/// <param name="expires">When it is too late; null for never.</param>
internal sealed class DecodeJob(Generation generation, int tokens, TimeSpan arrived, TimeSpan? expires)
    : QueuedWork(generation.Request.Terms, tokens, arrived, expires, generation.Cancellation)
{
    public Generation Generation => generation;

    /// <inheritdoc/>
    public override void Fail(Exception error) => generation.Fail(error);
}
