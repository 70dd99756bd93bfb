using System.Text.Json;
using Microsoft.Extensions.Options;
using QwenVl.Runtime.Configuration;
using QwenVl.Runtime.Errors;
using QwenVl.Runtime.Queueing;
using QwenVl.Runtime.Tenancy;
using QwenVl.Server.Admission;
using QwenVl.Server.Tenancy;

namespace QwenVl.Server.Http;

/// <summary>POST /v1/feature_extract; refusals are problem details, with the reason for programs beside the words for people.</summary>
internal static class FeatureExtractEndpoint
{
    public static async Task<IResult> HandleAsync(HttpRequest request, FeatureExtraction extraction, AdmissionControl admission, IOptions<RuntimeOptions> options, Refusals refusals, CancellationToken cancellation)
    {
        Tenant tenant = request.HttpContext.Tenant();
        try
        {
            using Lease lease = admission.EnterRequest(tenant);
            // Before anything is read: the picture is most of the body.
            using Lease held = admission.HoldImage(tenant, Math.Min(request.ContentLength ?? long.MaxValue, options.Value.MaxImageBytes));
            return Results.Ok(await extraction.RunAsync(await ReadAsync(request, cancellation), tenant, cancellation));
        }
        catch (RequestException refused)
        {
            refusals.Add(refused.Reason);
            if (refused.RetryAfter is { } delay) request.HttpContext.Response.Headers.RetryAfter = $"{Math.Ceiling(delay.TotalSeconds):0}";
            return Problem(StatusOf(refused.Error), refused.Reason, refused.Message);
        }
        catch (BadHttpRequestException unreadable)
        {
            refusals.Add(RequestReason.BadRequest);
            return Problem(unreadable.StatusCode, RequestReason.BadRequest, unreadable.Message);
        }
    }

    /// <summary>Any other method than POST.</summary>
    public static IResult RefuseMethod(HttpResponse response)
    {
        response.Headers.Allow = HttpMethods.Post;
        return Problem(StatusCodes.Status405MethodNotAllowed, RequestReason.BadRequest, "/v1/feature_extract takes POST, with a JSON body.");
    }

    /// <summary>Reads the body; not left to the framework, whose refusals say nothing about what is wrong.</summary>
    private static async Task<FeatureExtractRequest> ReadAsync(HttpRequest request, CancellationToken cancellation)
    {
        if (!request.HasJsonContentType()) throw new BadHttpRequestException("The body must be JSON: send Content-Type: application/json.", StatusCodes.Status415UnsupportedMediaType);
        try
        {
            return await request.ReadFromJsonAsync<FeatureExtractRequest>(cancellation)
                ?? throw RequestException.Invalid(RequestReason.BadRequest, "The body is null; it takes an object.");
        }
        catch (JsonException error)
        {
            throw RequestException.Invalid(RequestReason.BadRequest, $"The body is not the JSON that is expected: {error.Message}");
        }
    }

    private static IResult Problem(int status, string reason, string detail) =>
        Results.Problem(detail, statusCode: status, extensions: new Dictionary<string, object?> { ["reason"] = reason });

    private static int StatusOf(RequestError error) => error switch
    {
        RequestError.InvalidArgument => StatusCodes.Status400BadRequest,
        RequestError.FailedPrecondition => StatusCodes.Status409Conflict,
        RequestError.ResourceExhausted => StatusCodes.Status429TooManyRequests,
        RequestError.DeadlineExceeded => StatusCodes.Status504GatewayTimeout,
        RequestError.Unavailable => StatusCodes.Status503ServiceUnavailable,
        RequestError.Unauthenticated => StatusCodes.Status401Unauthorized,
        _ => StatusCodes.Status500InternalServerError,
    };
}
