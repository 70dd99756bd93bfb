namespace QwenVl.Runtime.Tenancy;

/// <summary>On whose behalf work is done. Limits, fairness and the feature cache keep tenants apart.</summary>
/// <param name="Name">The name, unique among the tenants of a server.</param>
public readonly record struct Tenant(string Name)
{
    /// <summary>Everyone, on a server that knows no keys.</summary>
    public static Tenant Anonymous { get; } = new("anonymous");

    /// <inheritdoc/>
    public override string ToString() => Name;
}
