using QwenVl.Client.Images;
using QwenVl.Model.Execution;
using QwenVl.Model.Prompts;
using QwenVl.Model.Sampling;
using QwenVl.Model.Vision;

namespace QwenVl.Tests.Client.Fakes;

/// <summary>What one decoder alone answers, step by step: what every handoff must come to.</summary>
internal sealed record ReferenceAnswer(ImageFeatures Features, int[] Tokens, bool Stopped)
{
    public string Text => TinyModel.Tokenizer.Decode(Tokens);

    public static ReferenceAnswer Of(ClientImage image, string question, SamplingParameters sampling, int maxNewTokens)
    {
        ImageFeatures features = HashVision.Encode(ImagePreprocessor.Prepare(ImageDecoder.Decode(image, long.MaxValue), SmartResize.Pixels512));
        Prompt prompt = TinyModel.Prompts.Build([ChatTurn.User(question, features.Grid)]);
        using var decoder = new HashDecoder();
        using IDecoderSequence sequence = decoder.CreateSequence(TinyModel.MaxSequenceLength);
        var sampler = new TokenSampler(sampling);
        List<int> all = [.. prompt.TokenIds];
        var step = new DecodeStep { Sequence = sequence, Tokens = prompt.TokenIds, Positions = prompt.Positions, VisualIndex = prompt.VisualIndex, Visual = VisualRows.Join([features]) };
        var answer = new List<int>();
        while (true)
        {
            decoder.Run([step]);
            int token = sampler.Sample(step.Logits.Span, [.. all], answer.Count);
            if (token == TinyModel.Stop)
            {
                // A shorter one would prove little: take another question.
                Assert.True(answer.Count >= 8, $"The answer has {answer.Count} tokens only.");
                return new ReferenceAnswer(features, [.. answer], true);
            }

            answer.Add(token);
            if (answer.Count == maxNewTokens) return new ReferenceAnswer(features, [.. answer], false);
            int position = all.Count + prompt.PositionDelta;
            all.Add(token);
            step = new DecodeStep { Sequence = sequence, Tokens = new[] { token }, Positions = new[] { position, position, position } };
        }
    }
}
