namespace QwenVl.Runtime.Tenancy;

/// <summary>A key that belongs to a tenant: keys of two tenants are never equal.</summary>
public interface ITenantKey
{
    /// <summary>Whose it is.</summary>
    Tenant Tenant { get; }
}
