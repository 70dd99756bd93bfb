using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using QwenVl.Runtime.Tenancy;

namespace QwenVl.Server.Tenancy;

/// <summary>Whose a request is.</summary>
internal static class RequestTenant
{
    /// <summary>The tenant whose key came with it; everyone is <see cref="Tenant.Anonymous"/> on a server that knows no keys.</summary>
    public static Tenant Tenant(this HttpContext context) =>
        context.User.FindFirstValue(ClaimTypes.Name) is { } name ? new Tenant(name) : Runtime.Tenancy.Tenant.Anonymous;

    /// <summary>Registers what tells tenants apart; without keys everything is open.</summary>
    public static void AddTenants(this IServiceCollection services, ApiKeys? keys)
    {
        if (keys is null) return;
        services.AddSingleton(keys);
        services.AddAuthentication(ApiKeyAuthentication.SchemeName)
            .AddScheme<AuthenticationSchemeOptions, ApiKeyAuthentication>(ApiKeyAuthentication.SchemeName, null);
        services.AddAuthorization();
    }

    /// <summary>Looks at keys, where there are any.</summary>
    public static void UseTenants(this WebApplication app)
    {
        if (!KnowsKeys(app.Services)) return;
        app.UseAuthentication();
        app.UseAuthorization();
    }

    /// <summary>Lets nobody in without a key, on a server that knows keys. Probes and metrics carry none.</summary>
    public static TBuilder ForTenants<TBuilder>(this TBuilder endpoint, IServiceProvider services)
        where TBuilder : IEndpointConventionBuilder => KnowsKeys(services) ? endpoint.RequireAuthorization() : endpoint;

    private static bool KnowsKeys(IServiceProvider services) => services.GetService<ApiKeys>() is not null;
}
