using Microsoft.Extensions.Logging;

namespace QwenVl.Runtime.Caching;

/// <summary>What the shared tier logs: once for each change of its state.</summary>
internal static partial class SharedTierLog
{
    [LoggerMessage(1, LogLevel.Information, "The shared tier at {Endpoints} is in use")]
    public static partial void SharedTierInUse(this ILogger log, string endpoints);

    [LoggerMessage(2, LogLevel.Warning, "The shared tier at {Endpoints} is not usable: {Reason}. Lookups miss until it is")]
    public static partial void SharedTierUnusable(this ILogger log, string endpoints, string reason);
}
