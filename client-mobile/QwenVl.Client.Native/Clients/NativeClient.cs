using QwenVl.Client.Answers;
using QwenVl.Client.Images;
using QwenVl.Client.Native.Answers;

namespace QwenVl.Client.Native.Clients;

/// <summary>What a client's handle stands for. Safe for concurrent use.</summary>
internal sealed class NativeClient(QwenVlClient client)
{
    private readonly Lock _gate = new();
    private readonly HashSet<NativeAnswer> _running = [];
    private ClientImage? _lastImage;
    private bool _closed;

    /// <summary>The library's own.</summary>
    public QwenVlClient Client => client;

    /// <summary>Begins an answer and remembers it until its last callback has returned.</summary>
    /// <exception cref="ObjectDisposedException">The client was freed.</exception>
    public void Start(NativeAnswer answer, ClientImage image, string prompt, GenerateOptions options)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_closed, this);
            _running.Add(answer);
        }

        try
        {
            answer.Start(token => client.GenerateAsync(image, prompt, options, token), () =>
            {
                lock (_gate) _running.Remove(answer);
            });
        }
        catch
        {
            lock (_gate) _running.Remove(answer);
            throw;
        }
    }

    /// <summary>A picture; the object of the last question where it was about the same one, since a connection sends each object once.</summary>
    /// <param name="encoded">The file's bytes; copied.</param>
    /// <exception cref="QwenVlException">It is empty.</exception>
    public ClientImage Image(ReadOnlySpan<byte> encoded)
    {
        ClientImage? last = Volatile.Read(ref _lastImage);
        if (last is not null && last.Bytes.Span.SequenceEqual(encoded)) return last;
        var image = ClientImage.FromBytes(encoded.ToArray());
        Volatile.Write(ref _lastImage, image);
        return image;
    }

    /// <summary>Gives up all answers, waits until their last callbacks have returned, and frees the client.</summary>
    public async Task CloseAsync()
    {
        NativeAnswer[] running;
        lock (_gate)
        {
            _closed = true;
            running = [.. _running];
        }

        foreach (NativeAnswer answer in running) answer.Cancel();
        await Task.WhenAll(running.Select(answer => answer.Finished)).ConfigureAwait(false);
        await client.DisposeAsync().ConfigureAwait(false);
    }
}
