using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using QwenVl.Client.Routing;

namespace QwenVl.Client;

/// <summary>Where the server and the device's engines are, and how long to wait.</summary>
public sealed record QwenVlClientOptions
{
    /// <summary>The server's gRPC address, such as <c>http://127.0.0.1:8001</c>. Null: the device works alone.</summary>
    public Uri? ServerAddress { get; init; }

    /// <summary>The key that the server knows this client's tenant by; null where it asks for none. Sent with every call: use https where the network is not your own.</summary>
    public string? ApiKey { get; init; }

    /// <summary>The folder of the device's engines, as <c>qwenvl-engines build</c> writes it. Null: the server's tokens only.</summary>
    public string? DeviceEnginePath { get; init; }

    /// <summary>Whether anything may leave the device. With <see cref="Privacy.LocalOnly"/> no connection is ever opened, whatever is called.</summary>
    public Privacy Privacy { get; init; } = Privacy.MayLeave;

    /// <summary>Judge every picture and prompt before anything about them is sent; the first that keeps them decides.</summary>
    public IReadOnlyList<IPrivacyRule> PrivacyRules { get; init; } = [];

    /// <summary>Chooses the route of questions that name none.</summary>
    public IRoutingPolicy RoutingPolicy { get; init; } = FastestRoute.Default;

    /// <summary>
    /// The file that keeps how fast this device's engines are, so that warm-up measures once. One that is damaged or of other engines is
    /// written over. Null, the default, measures at every start.
    /// </summary>
    public string? CalibrationPath { get; init; }

    /// <summary>How long connecting and the handshake may take. Default 10 seconds.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long the server may take to say whether it needs a picture. Default 30 seconds.</summary>
    public TimeSpan UploadTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long the server may say nothing about a question under way before its connection is taken for lost. Default 30 seconds.</summary>
    public TimeSpan ResponseTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Hybrid: how long a device that could write the first token waits for the server's, whose queue may be longer than the whole
    /// answer takes here. Then it writes all of it, and the server is told not to. Default 100 milliseconds;
    /// <see cref="Timeout.InfiniteTimeSpan"/> always leaves the beginning to the server.
    /// </summary>
    public TimeSpan FirstTokenPatience { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>How often an answer asks a lost server again without having got anything further; 0 does not. Default 5.</summary>
    public int MaxReconnects { get; init; } = 5;

    /// <summary>The wait before the first time, at most; it doubles each time in vain. Default 200 milliseconds.</summary>
    public TimeSpan ReconnectDelay { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>The longest wait, unless the server asks for more. Default 5 seconds.</summary>
    public TimeSpan MaxReconnectDelay { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>A silent connection is probed after this time, and given up after as much again. Default 10 seconds.</summary>
    public TimeSpan KeepAlive { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The most pixels of a picture that the device decodes itself. Default 64 million.</summary>
    public long MaxImagePixels { get; init; } = 64_000_000;

    /// <summary>Prompt tokens that the device takes in at once: larger is faster, smaller answers a cancellation sooner. Default 256.</summary>
    public int PrefillChunk { get; init; } = 256;

    /// <summary>Processor threads of the device's engines; 0, the default, takes one a physical core.</summary>
    public int DeviceThreads { get; init; }

    /// <summary>
    /// Bytes that the weights of the device's vision tower and decoder may take together. Where they take more, the tower is freed when a
    /// picture is encoded and the decoder before one is, and both are loaded again when they are needed. Null, the default, takes a
    /// quarter of the memory that the process may have.
    /// </summary>
    public long? MemoryBudget { get; init; }

    /// <summary>Where time comes from.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>Where logs go. Prompts, answers and pictures are never logged.</summary>
    public ILoggerFactory LoggerFactory { get; init; } = NullLoggerFactory.Instance;

    /// <summary>What a timer can hold.</summary>
    private static readonly TimeSpan LongestTimer = TimeSpan.FromDays(24);

    internal void Check()
    {
        if (ServerAddress is null && DeviceEnginePath is null)
            throw new QwenVlException(QwenVlErrorCode.InvalidArgument, "Neither ServerAddress nor DeviceEnginePath is set: at least one must be.");
        if (ServerAddress is { } address && (!address.IsAbsoluteUri || (address.Scheme != Uri.UriSchemeHttp && address.Scheme != Uri.UriSchemeHttps)))
            throw new QwenVlException(QwenVlErrorCode.InvalidArgument, $"ServerAddress {address} is no http:// or https:// address.");
        if (ApiKey is { } key && (key.Length == 0 || !key.All(letter => letter is > ' ' and <= '~')))
            throw new QwenVlException(QwenVlErrorCode.InvalidArgument, "ApiKey must be printable ASCII without spaces.");
        if (!Enum.IsDefined(Privacy)) throw new QwenVlException(QwenVlErrorCode.InvalidArgument, "Privacy is not one of the known values.");
        if (Privacy == Privacy.LocalOnly && DeviceEnginePath is null)
            throw new QwenVlException(QwenVlErrorCode.InvalidArgument, "Privacy is LocalOnly and DeviceEnginePath is not set: without engines nothing could be answered.");
        if (PrivacyRules is null || PrivacyRules.Any(rule => rule is null) || RoutingPolicy is null)
            throw new QwenVlException(QwenVlErrorCode.InvalidArgument, "PrivacyRules and RoutingPolicy must not be null.");
        if (CalibrationPath is { } calibration && string.IsNullOrWhiteSpace(calibration)) throw new QwenVlException(QwenVlErrorCode.InvalidArgument, "CalibrationPath is empty: name a file, or null.");
        TimeSpan any = TimeSpan.FromTicks(1);
        RequireTimer(ConnectTimeout, any, nameof(ConnectTimeout));
        RequireTimer(UploadTimeout, any, nameof(UploadTimeout));
        RequireTimer(KeepAlive, TimeSpan.FromSeconds(1), nameof(KeepAlive));
        if (FirstTokenPatience != Timeout.InfiniteTimeSpan) RequireTimer(FirstTokenPatience, TimeSpan.Zero, nameof(FirstTokenPatience));
        RequireTimer(ResponseTimeout, any, nameof(ResponseTimeout));
        RequireTimer(ReconnectDelay, any, nameof(ReconnectDelay));
        RequireTimer(MaxReconnectDelay, any, nameof(MaxReconnectDelay));
        if (MaxReconnects < 0) throw new QwenVlException(QwenVlErrorCode.InvalidArgument, "MaxReconnects must not be negative.");
        if (MaxImagePixels < 1) throw new QwenVlException(QwenVlErrorCode.InvalidArgument, "MaxImagePixels must be at least 1.");
        if (DeviceThreads < 0) throw new QwenVlException(QwenVlErrorCode.InvalidArgument, "DeviceThreads must not be negative.");
        if (MemoryBudget < 1) throw new QwenVlException(QwenVlErrorCode.InvalidArgument, "MemoryBudget must be at least 1 byte.");
        if (PrefillChunk < 1) throw new QwenVlException(QwenVlErrorCode.InvalidArgument, "PrefillChunk must be at least 1.");
    }

    private static void RequireTimer(TimeSpan value, TimeSpan least, string name)
    {
        if (value < least || value > LongestTimer)
            throw new QwenVlException(QwenVlErrorCode.InvalidArgument, $"{name} is {value}; it must be at least {least} and at most {LongestTimer}.");
    }
}
