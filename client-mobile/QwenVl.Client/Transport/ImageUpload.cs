using QwenVl.Client.Images;

namespace QwenVl.Client.Transport;

/// <summary>One picture's way to the server.</summary>
internal sealed class ImageUpload(uint id, ClientImage image)
{
    private readonly TaskCompletionSource<long?> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private volatile bool _isReady;

    /// <summary>Its number in the stream.</summary>
    public uint Id => id;

    /// <summary>The picture.</summary>
    public ClientImage Image => image;

    /// <summary>Whether the server has said that it holds the picture.</summary>
    public bool IsReady => _isReady;

    /// <summary>Is called when the server has all bytes that were sent.</summary>
    public Action? Confirmed { get; set; }

    /// <summary>Where the upload starts; null where none is needed.</summary>
    public Task<long?> Answered => _answer.Task;

    /// <summary>Takes the server's request for the bytes.</summary>
    public void Needed(long offset)
    {
        if (offset < 0 || offset > image.Bytes.Length)
        {
            Fail(new QwenVlException(QwenVlErrorCode.ProtocolViolation, $"The server asked for byte {offset} of a picture of {image.Bytes.Length} bytes."));
            return;
        }

        _answer.TrySetResult(offset);
    }

    /// <summary>Takes the server's word that it holds the picture.</summary>
    public void Ready()
    {
        _isReady = true;
        if (!_answer.TrySetResult(null)) Confirmed?.Invoke();
    }

    /// <summary>Ends the waiting.</summary>
    public void Fail(QwenVlException error)
    {
        _answer.TrySetException(error);
        // Nobody need be waiting; a failure nobody waits for is not an unobserved one.
        _ = _answer.Task.Exception;
    }
}
