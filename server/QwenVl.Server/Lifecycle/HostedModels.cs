using QwenVl.Runtime.Errors;
using QwenVl.Runtime.Hosting;

namespace QwenVl.Server.Lifecycle;

/// <summary>The models, once they are loaded.</summary>
internal sealed class HostedModels : IDisposable
{
    private volatile ModelHost? _host;

    /// <summary>Whether requests can be served.</summary>
    public bool IsReady => _host is not null;

    /// <summary>The models.</summary>
    /// <exception cref="RequestException">They are being loaded.</exception>
    public ModelHost Require() => _host ?? throw new RequestException(RequestError.Unavailable, RequestReason.Loading, "The server is loading its models. Try again in a moment.");

    /// <summary>Makes the server ready; owned from here on.</summary>
    public void Set(ModelHost host) => _host = host;

    public void Dispose() => _host?.Dispose();
}
