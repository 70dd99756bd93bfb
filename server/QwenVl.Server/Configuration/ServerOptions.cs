using System.ComponentModel.DataAnnotations;

namespace QwenVl.Server.Configuration;

/// <summary>Where the server listens. Bound from the section "Server"; command line flags have precedence.</summary>
public sealed class ServerOptions
{
    /// <summary>The section's name.</summary>
    public const string Section = "Server";

    /// <summary>Stands for all addresses.</summary>
    public const string AnyHost = "*";

    /// <summary>The address to listen on: an IP address, or * for all.</summary>
    [Required]
    public string Host { get; set; } = AnyHost;

    /// <summary>The port of HTTP requests; 0 picks a free one.</summary>
    [Range(0, 65535)]
    public int Port { get; set; } = 8000;

    /// <summary>The port of gRPC, cleartext HTTP/2; 0 picks a free one.</summary>
    [Range(0, 65535)]
    public int GrpcPort { get; set; } = 8001;

    /// <summary>The port of metrics and probes; 0 picks a free one.</summary>
    [Range(0, 65535)]
    public int MetricsPort { get; set; } = 8002;

    /// <summary>A file that is written once the server is ready: its ports and process id as JSON.</summary>
    public string? ReadyFile { get; set; }

    /// <summary>Streams open at a time.</summary>
    [Range(1, 100_000)]
    public int MaxStreams { get; set; } = 256;

    /// <summary>HTTP requests for features under way at a time.</summary>
    [Range(1, 100_000)]
    public int MaxRequests { get; set; } = 64;

    /// <summary>Streams of one tenant open at a time; 0 for as many as of all.</summary>
    [Range(0, 100_000)]
    public int MaxStreamsPerTenant { get; set; }

    /// <summary>HTTP requests of one tenant under way at a time; 0 for as many as of all.</summary>
    [Range(0, 100_000)]
    public int MaxRequestsPerTenant { get; set; }

    /// <summary>A file with a line for each key, 'tenant-name sha256-of-key'; every request must bring one. Null: nobody is asked.</summary>
    public string? ApiKeysFile { get; set; }

    /// <summary>Seconds that questions under way have to end in when the server is told to.</summary>
    [Range(0, 3600)]
    public int DrainSeconds { get; set; } = 10;

    /// <summary>Seconds that readiness stays false after work was turned away for want of room; 0 leaves it true.</summary>
    [Range(0, 3600)]
    public int OverloadSeconds { get; set; } = 5;

    /// <summary>Seconds a new stream has for its hello.</summary>
    [Range(1, 3600)]
    public int HelloTimeoutSeconds { get; set; } = 10;

    /// <summary>Seconds a client may leave a message unread before its stream is cut.</summary>
    [Range(1, 3600)]
    public int SlowReaderTimeoutSeconds { get; set; } = 30;
}
