using System.Security.Claims;
using System.Text.Encodings.Web;
using Google.Protobuf;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;
using QwenVl.Runtime.Errors;
using QwenVl.Server.Admission;
using QwenVl.Server.Streaming;

namespace QwenVl.Server.Tenancy;

/// <summary>Tells tenants by <c>authorization: Bearer KEY</c>; refuses in the words of the protocol that was spoken.</summary>
internal sealed class ApiKeyAuthentication(ApiKeys keys, Refusals refusals, IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory log, UrlEncoder encoder)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, log, encoder)
{
    /// <summary>The scheme's name.</summary>
    public const string SchemeName = "Bearer";

    private const string GrpcContentType = "application/grpc";

    /// <inheritdoc/>
    protected override Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        const string Prefix = SchemeName + " ";
        string header = Request.Headers.Authorization.ToString();
        if (header.Length == 0) return Task.FromResult(AuthenticateResult.NoResult());
        if (!header.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase) || keys.Find(header[Prefix.Length..].Trim()) is not { } tenant)
            return Task.FromResult(AuthenticateResult.Fail("The key is unknown."));
        var identity = new ClaimsIdentity([new Claim(ClaimTypes.Name, tenant.Name)], SchemeName);
        return Task.FromResult(AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(identity), SchemeName)));
    }

    /// <inheritdoc/>
    protected override async Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        RequestException refused = RequestException.Unauthenticated(Request.Headers.Authorization.Count == 0
            ? "This server asks for a key: send 'authorization: Bearer KEY'."
            : "The key is not one of this server's. Send 'authorization: Bearer KEY' with a key that its operator gave you.");
        refusals.Add(refused.Reason);
        if (Request.ContentType?.StartsWith(GrpcContentType, StringComparison.OrdinalIgnoreCase) == true)
        {
            WriteStatus(refused);
            return;
        }

        Response.Headers[HeaderNames.WWWAuthenticate] = SchemeName;
        await Results.Problem(refused.Message, statusCode: StatusCodes.Status401Unauthorized, extensions: new Dictionary<string, object?> { ["reason"] = refused.Reason }).ExecuteAsync(Context);
    }

    /// <summary>A gRPC status without a message before it is all headers.</summary>
    private void WriteStatus(RequestException refused)
    {
        Google.Rpc.Status status = StatusErrors.ToStatus(refused);
        Response.StatusCode = StatusCodes.Status200OK;
        Response.ContentType = GrpcContentType;
        Response.Headers.GrpcStatus = $"{status.Code}";
        Response.Headers.GrpcMessage = Uri.EscapeDataString(status.Message);
        Response.Headers["grpc-status-details-bin"] = Convert.ToBase64String(status.ToByteArray());
    }
}
