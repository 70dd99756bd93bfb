using QwenVl.Runtime.Tenancy;

namespace QwenVl.Runtime.Queueing;

/// <summary>On what terms work is taken into a queue.</summary>
public sealed record RequestTerms
{
    /// <summary>Everyone's, at once and without end.</summary>
    public static RequestTerms Default { get; } = new();

    /// <summary>On whose behalf: tenants share a queue evenly, however much each asks for.</summary>
    public Tenant Tenant { get; init; } = Tenant.Anonymous;

    /// <summary>How urgently.</summary>
    public RequestPriority Priority { get; init; }

    /// <summary>When nobody wants the result any more; null for never. Work that is late is not begun.</summary>
    public DateTimeOffset? Deadline { get; init; }
}
