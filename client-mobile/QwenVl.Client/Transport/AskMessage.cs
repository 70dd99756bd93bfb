using Google.Protobuf;
using QwenVl.Client.Answers;
using QwenVl.Protos.V1;

namespace QwenVl.Client.Transport;

/// <summary>Writes a question in the protocol's words.</summary>
internal static class AskMessage
{
    /// <param name="plan">What is asked.</param>
    /// <param name="questionId">The question's number in the stream.</param>
    /// <param name="imageId">The picture's number in the stream.</param>
    /// <param name="limits">The server's: it is not asked for more tokens than it writes.</param>
    public static Ask Create(AskPlan plan, uint questionId, uint imageId, Limits limits)
    {
        GenerateOptions options = plan.Question.Options;
        var ask = new Ask
        {
            QuestionId = questionId,
            ImageIds = { imageId },
            Prompt = plan.Question.Prompt,
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
            Features = plan.Features is null ? FeatureType.Unspecified : (FeatureType)(int)options.FeatureEncoding,
            Tokens = plan.Tokens,
            FeaturesUntilAnswered = plan.Tokens && plan.Features is not null,
            AnswerPrefix = { plan.Prefix },
            TakeOverAt = plan.TakeOverAt ?? 0,
        };
        if (plan.Features is { Received: > 0 } held) (ask.FeaturesFrom, ask.FeaturesSha256) = (held.Received, ByteString.CopyFrom(held.Sha256()));
        return ask;
    }
}
