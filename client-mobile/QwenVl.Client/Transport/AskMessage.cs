using QwenVl.Client.Answers;
using QwenVl.Protos.V1;

namespace QwenVl.Client.Transport;

/// <summary>Writes a question in the protocol's words.</summary>
internal static class AskMessage
{
    /// <param name="question">The question.</param>
    /// <param name="imageId">The picture's number in the stream.</param>
    /// <param name="limits">The server's: it is not asked for more tokens than it writes.</param>
    public static Ask Create(AnswerQuestion question, uint imageId, Limits limits)
    {
        GenerateOptions options = question.Options;
        bool features = options.Route is Route.Hybrid or Route.CloudFeatures;
        return new Ask
        {
            ImageIds = { imageId },
            Prompt = question.Prompt,
            MaxNewTokens = limits.MaxNewTokens > 0 ? Math.Min(limits.MaxNewTokens, options.MaxNewTokens) : options.MaxNewTokens,
            Sampling = new Sampling
            {
                Temperature = options.Sampling.Temperature,
                TopP = options.Sampling.TopP,
                TopK = options.Sampling.TopK,
                RepetitionPenalty = options.Sampling.RepetitionPenalty,
                Seed = options.Sampling.Seed,
            },
            Resolution = options.Resolution switch
            {
                PictureResolution.Pixels512 => Resolution._512,
                PictureResolution.Pixels1024 => Resolution._1024,
                _ => Resolution.Auto,
            },
            Features = features ? (FeatureType)(int)options.FeatureEncoding : FeatureType.Unspecified,
            Tokens = options.Route is Route.Hybrid or Route.CloudOnly,
            // From the last token on there would be nothing left to write.
            TakeOverAt = options is { Route: Route.Hybrid, MaxCloudTokens: { } most } && most < options.MaxNewTokens ? most : 0,
        };
    }
}
