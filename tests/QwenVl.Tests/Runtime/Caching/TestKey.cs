using QwenVl.Runtime.Tenancy;

namespace QwenVl.Tests.Runtime.Caching;

/// <summary>A key of a tenant.</summary>
internal sealed record TestKey(Tenant Tenant, int Number) : ITenantKey;
