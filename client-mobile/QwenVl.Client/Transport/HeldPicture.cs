namespace QwenVl.Client.Transport;

/// <summary>A picture on its stream; not forgotten before this is disposed, which is when a question about it is on its way.</summary>
/// <param name="upload">Its way there.</param>
/// <param name="cost">What sending it took where this caller did it.</param>
/// <param name="release">Is called once.</param>
internal sealed class HeldPicture(ImageUpload upload, Uploads.Sent? cost, Action release) : IDisposable
{
    private Action? _release = release;

    /// <summary>Its number in the stream.</summary>
    public uint Id => upload.Id;

    /// <summary>Its way to the server.</summary>
    public ImageUpload Upload => upload;

    /// <summary>What sending it took where this caller did it.</summary>
    public Uploads.Sent? Cost => cost;

    public void Dispose() => Interlocked.Exchange(ref _release, null)?.Invoke();
}
