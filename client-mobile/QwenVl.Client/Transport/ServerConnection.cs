using Grpc.Core;
using Microsoft.Extensions.Logging;
using QwenVl.Client.Device;
using QwenVl.Protos.V1;

namespace QwenVl.Client.Transport;

/// <summary>The stream to the server, opened when it is needed and opened again after it broke. Safe for concurrent use.</summary>
internal sealed partial class ServerConnection(CallInvoker invoker, LocalDevice? device, QwenVlClientOptions options, ILogger logger) : IAsyncDisposable
{
    private readonly SemaphoreSlim _opening = new(1, 1);
    private volatile ConverseSession? _session;
    private volatile bool _wasOpened;
    private volatile bool _disposed;

    /// <summary>Whether the stream is open.</summary>
    public bool IsOpen => _session?.IsOpen ?? false;

    /// <summary>Whether the server has once been found to fit: only then is it connected to without being asked.</summary>
    public bool WasOpened => _wasOpened;

    /// <summary>The stream, opened where it is not. Callers that come together open one.</summary>
    /// <exception cref="QwenVlException">The server cannot be reached, refuses, or cannot work with this client.</exception>
    public async Task<ConverseSession> OpenAsync(CancellationToken cancellationToken)
    {
        if (_session is { IsOpen: true } open) return open;
        await _opening.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            ObjectDisposedException.ThrowIf(_disposed, typeof(QwenVlClient));
            if (_session is { IsOpen: true } opened) return opened;
            if (!_wasOpened) await LoadDeviceAsync(cancellationToken).ConfigureAwait(false);
            await EndAsync().ConfigureAwait(false);
            ConverseSession session = await ConverseSession.OpenAsync(new VisionLanguage.VisionLanguageClient(invoker), device?.Model, options, cancellationToken).ConfigureAwait(false);
            (_session, _wasOpened) = (session, true);
            return session;
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
        await CloseAsync().ConfigureAwait(false);
        _opening.Dispose();
    }

    /// <summary>Loads the decoder ahead of its first question. One that fails leaves the answers to the server.</summary>
    private async Task LoadDeviceAsync(CancellationToken cancellationToken)
    {
        try
        {
            if (device is not null) await device.LoadAsync(cancellationToken).ConfigureAwait(false);
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
