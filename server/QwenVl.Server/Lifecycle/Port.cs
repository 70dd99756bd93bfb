namespace QwenVl.Server.Lifecycle;

/// <summary>The server's ports, in the order they are opened.</summary>
internal enum Port
{
    /// <summary>Requests by HTTP.</summary>
    Http,

    /// <summary>gRPC, cleartext HTTP/2.</summary>
    Grpc,

    /// <summary>Metrics and probes.</summary>
    Metrics,
}
