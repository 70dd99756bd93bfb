using Microsoft.Extensions.Options;
using QwenVl.Model.Execution;
using QwenVl.Model.Features;
using QwenVl.Model.Prompts;
using QwenVl.Model.Sampling;
using QwenVl.Model.Vision;
using QwenVl.Runtime.Configuration;
using QwenVl.Runtime.Decoding;
using QwenVl.Runtime.Encoding;
using QwenVl.Runtime.Errors;
using QwenVl.Runtime.Hosting;
using QwenVl.Runtime.Preprocessing;
using QwenVl.Runtime.Prompting;
using QwenVl.Runtime.Queueing;
using QwenVl.Runtime.Tenancy;
using QwenVl.Server.Lifecycle;

namespace QwenVl.Server.Http;

/// <summary>A picture and a prompt to 512 numbers and a sentence.</summary>
internal sealed class FeatureExtraction(HostedModels models, FeaturePipeline features, PromptPreparation prompts, IOptions<RuntimeOptions> options, TimeProvider time)
{
    private const int MaxContextTokens = 128;
    private readonly Lock _lock = new();
    private (int Width, FeatureProjection Projection)? _projection;

    /// <summary>Answers one request.</summary>
    /// <exception cref="RequestException">The request is refused.</exception>
    public async Task<FeatureExtractResponse> RunAsync(FeatureExtractRequest request, Tenant tenant, CancellationToken cancellation)
    {
        long start = time.GetTimestamp();
        HostedModel model = models.Require().Model;
        long? maxPixels = MaxPixels(request.Resolution);
        var terms = new RequestTerms { Tenant = tenant };
        byte[] bytes = Bytes(request);
        // Under overload most requests are refused: none of them shall have cost an encoding.
        model.Decoder.RequireRoom();
        bool isReading = ReadingPrompt.Matches(request.TextPrompt ?? "");
        using ImageEncoding encoding = await features.BeginAsync(EncodedImage.Create(bytes, features.Preparation), maxPixels, isReading, tenant, towers: 1, cancellation);
        Prompt prompt = prompts.Build(model, [ChatTurn.User(request.TextPrompt ?? "", encoding.Grid)]);
        EncodeResult encoded = await encoding.EncodeAsync(model.Tower, terms, cancellation);
        var vector = new float[FeatureProjection.Length];
        ProjectionFor(encoded.Features.Width).Project(encoded.Features.Main, vector);
        (string text, GenerationResult generated) = await DescribeAsync(model, prompt, encoded, terms, cancellation);
        return new FeatureExtractResponse(
            vector,
            text,
            new FeatureExtractGrid(encoding.Grid.Height, encoding.Grid.Width),
            new FeatureExtractTimings(encoded.QueueSeconds + generated.QueueSeconds, encoding.PreprocessSeconds, encoded.RunSeconds, generated.PrefillSeconds, generated.DecodeSeconds, time.GetElapsedTime(start).TotalSeconds));
    }

    private async Task<(string Text, GenerationResult Result)> DescribeAsync(HostedModel model, Prompt prompt, EncodeResult encoded, RequestTerms terms, CancellationToken cancellation)
    {
        int most = prompts.MaxNewTokens(model, prompt, MaxContextTokens);
        var request = new GenerationRequest(prompt, VisualRows.Join([encoded.Features]), [], most, SamplingParameters.Greedy, model.Tower.Config.StopTokenIds) { Terms = terms };
        Generation generation = model.Decoder.Start(request, cancellation);
        var ids = new List<int>();
        await foreach (GeneratedToken token in generation.Tokens.ReadAllAsync(cancellation)) ids.Add(token.Id);
        return (model.Tokenizer.Decode([.. ids]), await generation.Completion);
    }

    private FeatureProjection ProjectionFor(int width)
    {
        lock (_lock)
        {
            if (_projection is not { } held || held.Width != width) _projection = held = (width, new FeatureProjection(width));
            return held.Projection;
        }
    }

    private byte[] Bytes(FeatureExtractRequest request)
    {
        if (request.ImageBase64 is null == request.ImageUrl is null) throw RequestException.Invalid(RequestReason.BadRequest, "Give exactly one of image_base64 and image_url.");
        string base64 = request.ImageBase64 ?? DataOf(request.ImageUrl!);
        byte[] bytes = Decode(base64);
        int most = options.Value.MaxImageBytes;
        return bytes.Length <= most ? bytes : throw RequestException.Invalid(RequestReason.ImageTooLarge, $"The picture has {bytes.Length} bytes; at most {most} are accepted.");
    }

    private static byte[] Decode(string base64)
    {
        try
        {
            return Convert.FromBase64String(base64);
        }
        catch (FormatException)
        {
            throw RequestException.Invalid(RequestReason.BadRequest, "The picture is not valid base64.");
        }
    }

    private static string DataOf(string url)
    {
        const string Scheme = "data:", Encoding = ";base64";
        int comma = url.IndexOf(',', StringComparison.Ordinal);
        if (!url.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) || comma < 0 || !url.AsSpan(0, comma).EndsWith(Encoding, StringComparison.OrdinalIgnoreCase))
            throw RequestException.Invalid(RequestReason.BadRequest, "image_url takes data: URLs in base64 only; the server fetches nothing from the network.");
        return url[(comma + 1)..];
    }

    private static long? MaxPixels(string? resolution) => resolution switch
    {
        null or "auto" => null,
        "512" => SmartResize.Pixels512,
        "1024" => SmartResize.Pixels1024,
        _ => throw RequestException.Invalid(RequestReason.BadRequest, "resolution is auto, 512 or 1024."),
    };
}
