using QwenVl.Runtime.Errors;
using QwenVl.Server.Telemetry;

namespace QwenVl.Server.Http;

/// <summary>POST /v1/feature_extract; refusals are problem details.</summary>
internal static class FeatureExtractEndpoint
{
    public static async Task<IResult> HandleAsync(FeatureExtractRequest request, FeatureExtraction extraction, ServerMetrics metrics, CancellationToken cancellation)
    {
        try
        {
            return Results.Ok(await extraction.RunAsync(request, cancellation));
        }
        catch (RequestException refused)
        {
            metrics.Refused(refused.Reason);
            return Results.Problem(refused.Message, statusCode: StatusOf(refused.Error), title: refused.Reason);
        }
    }

    private static int StatusOf(RequestError error) => error switch
    {
        RequestError.InvalidArgument => StatusCodes.Status400BadRequest,
        RequestError.FailedPrecondition => StatusCodes.Status409Conflict,
        RequestError.ResourceExhausted => StatusCodes.Status429TooManyRequests,
        _ => StatusCodes.Status503ServiceUnavailable,
    };
}
