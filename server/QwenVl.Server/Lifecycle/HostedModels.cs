using QwenVl.Runtime.Errors;
using QwenVl.Runtime.Hosting;

namespace QwenVl.Server.Lifecycle;

/// <summary>The models, once they are loaded.</summary>
internal sealed class HostedModels : IDisposable
{
    private readonly TaskCompletionSource _loaded = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile ModelHost? _host;

    /// <summary>Whether requests can be served.</summary>
    public bool IsReady => _host is not null;

    /// <summary>Ends when the models are loaded, or fails when they cannot be.</summary>
    public Task Loaded => _loaded.Task;

    /// <summary>Why they cannot be loaded, in one line; null unless that is known.</summary>
    public string? Failure { get; private set; }

    /// <summary>The models.</summary>
    /// <exception cref="RequestException">They are being loaded.</exception>
    public ModelHost Require() => _host
        ?? throw RequestException.Unavailable(RequestReason.Loading, "The server is loading its models. Try again in a moment.");

    /// <summary>Makes the server ready; owned from here on.</summary>
    public void Set(ModelHost host)
    {
        _host = host;
        _loaded.SetResult();
    }

    /// <summary>The models cannot be loaded.</summary>
    public void Fail(Exception error)
    {
        Failure = error.Message.ReplaceLineEndings(" ");
        _loaded.TrySetException(error);
    }

    public void Dispose() => _host?.Dispose();
}
