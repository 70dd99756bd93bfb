using Grpc.Core;
using Microsoft.Extensions.Logging;
using QwenVl.Client.Answers;
using QwenVl.Client.Device;
using QwenVl.Client.Images;
using QwenVl.Client.Routing;
using QwenVl.Protos.V1;

namespace QwenVl.Client.Transport;

/// <summary>The stream to the server, opened when it is needed and opened again after it broke. Safe for concurrent use.</summary>
internal sealed partial class ServerConnection(CallInvoker invoker, LocalDevice? device, NetworkMonitor network, ServerMonitor load, RunningAnswers answers, QwenVlClientOptions options, ILogger logger) : IAsyncDisposable
{
    /// <summary>A server that could not be reached is not tried again for nothing within this time.</summary>
    private static readonly TimeSpan Away = TimeSpan.FromSeconds(30);

    private readonly VisionLanguage.VisionLanguageClient _client = new(invoker);
    private readonly SemaphoreSlim _opening = new(1, 1);
    private volatile ConverseSession? _session;
    private volatile bool _wasOpened;
    private volatile bool _disposed;
    private long _failedAt;

    /// <summary>Whether the stream is open.</summary>
    public bool IsOpen => _session?.IsOpen ?? false;

    /// <summary>Whether the server has once been found to fit: only then is it connected to without being asked.</summary>
    public bool WasOpened => _wasOpened;

    /// <summary>Whether a question may count on the server: the stream is open, or can be opened as far as is known.</summary>
    public bool IsPromising
    {
        get
        {
            if (IsOpen) return true;
            long failed = Interlocked.Read(ref _failedAt);
            return _wasOpened && (failed == 0 || options.TimeProvider.GetElapsedTime(failed) > Away);
        }
    }

    /// <summary>Whether the open stream has announced a picture.</summary>
    public bool HasSent(ClientImage image) => _session is { IsOpen: true } session && session.Pictures.HasSent(image);

    /// <summary>Asks whether the server has a picture; needs no open stream.</summary>
    /// <exception cref="QwenVlException">The server cannot be reached in time, or refuses.</exception>
    public async Task<bool> HasImageAsync(ClientImage image, CancellationToken cancellationToken)
    {
        await answers.ResumedAsync(cancellationToken).ConfigureAwait(false);
        long asked = options.TimeProvider.GetTimestamp();
        bool known = await ImageLookup.RunAsync(_client, image, options, cancellationToken).ConfigureAwait(false);
        // The first call of a channel opens its connection, which says nothing of a round trip.
        if (IsOpen) network.Answered(options.TimeProvider.GetElapsedTime(asked));
        return known;
    }

    /// <summary>The stream, opened where it is not. Callers that come together open one.</summary>
    /// <exception cref="QwenVlException">The server cannot be reached, refuses, or cannot work with this client.</exception>
    public async Task<ConverseSession> OpenAsync(CancellationToken cancellationToken)
    {
        if (_session is { IsOpen: true } open) return open;
        await answers.ResumedAsync(cancellationToken).ConfigureAwait(false);
        await _opening.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            ObjectDisposedException.ThrowIf(_disposed, typeof(QwenVlClient));
            if (_session is { IsOpen: true } opened) return opened;
            if (!_wasOpened) await LoadDeviceAsync(cancellationToken).ConfigureAwait(false);
            await EndAsync().ConfigureAwait(false);
            ConverseSession session = await ConverseSession.OpenAsync(_client, device?.Model, options, network, cancellationToken).ConfigureAwait(false);
            (_session, _wasOpened) = (session, true);
            Interlocked.Exchange(ref _failedAt, 0);
            load.Take(session.Load);
            return session;
        }
        catch (QwenVlException)
        {
            Interlocked.Exchange(ref _failedAt, options.TimeProvider.GetTimestamp());
            throw;
        }
        finally
        {
            _opening.Release();
        }
    }

    /// <summary>Closes the stream; it is opened again when it is needed.</summary>
    public async Task CloseAsync()
    {
        await _opening.WaitAsync().ConfigureAwait(false);
        try
        {
            await EndAsync().ConfigureAwait(false);
        }
        finally
        {
            _opening.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_disposed) return;
        _disposed = true;
        // Not the semaphore: somebody may be waiting for it, and without a handle it holds nothing.
        await CloseAsync().ConfigureAwait(false);
    }

    /// <summary>Loads the decoder ahead of its first question. One that fails leaves the answers to the server.</summary>
    private async Task LoadDeviceAsync(CancellationToken cancellationToken)
    {
        try
        {
            if (device is not null) await device.LoadAsync(encodesFirst: false, cancellationToken).ConfigureAwait(false);
        }
        catch (QwenVlException error)
        {
            Log.DeviceDidNotLoad(logger, error);
        }
    }

    private async Task EndAsync()
    {
        if (_session is { } session) await session.DisposeAsync().ConfigureAwait(false);
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "The device's engines could not be loaded; the server writes answers alone.")]
        public static partial void DeviceDidNotLoad(ILogger logger, Exception error);
    }
}
