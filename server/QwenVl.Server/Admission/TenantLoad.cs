namespace QwenVl.Server.Admission;

/// <summary>What one tenant has open and holds. Safe for concurrent use.</summary>
internal sealed class TenantLoad
{
    private long _streams;
    private long _requests;
    private long _imageBytes;

    /// <returns>Open streams after the change.</returns>
    public long StreamsChanged(long by) => Interlocked.Add(ref _streams, by);

    /// <returns>HTTP requests under way after the change.</returns>
    public long RequestsChanged(long by) => Interlocked.Add(ref _requests, by);

    /// <returns>Bytes of pictures held after the change.</returns>
    public long ImageBytesChanged(long by) => Interlocked.Add(ref _imageBytes, by);
}
