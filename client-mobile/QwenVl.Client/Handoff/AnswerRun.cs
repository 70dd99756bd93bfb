using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using QwenVl.Client.Answers;
using QwenVl.Client.Device;
using QwenVl.Client.Transport;
using QwenVl.Model.Vision;
using QwenVl.Protos.V1;

namespace QwenVl.Client.Handoff;

/// <summary>One answer from question to summary, whichever route it takes.</summary>
internal sealed class AnswerRun(AnswerQuestion question, LocalDevice? device, AnswerClock clock, QwenVlClientOptions options, ILogger logger)
{
    private readonly AnswerWriter _answer = new(device?.Tokenizer, question.Options.MaxNewTokens, clock);
    private int? _visualTokens;

    /// <summary>The tokens as they come.</summary>
    public ChannelReader<AnswerToken> Tokens => _answer.Tokens;

    /// <summary>Lets the server begin.</summary>
    /// <param name="session">The stream; the picture has been sent on it.</param>
    /// <param name="ask">The question; this method numbers and sends it.</param>
    /// <param name="picture">The picture; given back once the question is sent.</param>
    /// <param name="cancellationToken">Gives the question up, on both sides.</param>
    public async Task<AnswerSummary> WithCloudAsync(ConverseSession session, Ask ask, HeldPicture picture, CancellationToken cancellationToken)
    {
        CloudQuestion? cloud = null;
        try
        {
            cloud = session.Begin(question.Options.MaxNewTokens, device?.Model.Config.Text.VocabularySize ?? int.MaxValue, ask.Features == FeatureType.Unspecified ? null : FeatureOwnership.Expect(question, device!.Model));
            ask.QuestionId = cloud.Id;
            if (ask.TakeOverAt > 0) cloud.TakeOverSent();
            long bytesSent = (picture.Cost?.Bytes ?? 0) + await session.SendAsync(new ClientMessage { Ask = ask }, cancellationToken).ConfigureAwait(false);
            picture.Dispose();
            DeviceWriter? writer = device is null || question.Options.Route == Route.CloudOnly ? null : new DeviceWriter(device, question, clock);
            CatchUp? catchUp = writer is null ? null : new CatchUp(session, cloud, writer, question.Options, clock);
            var cloudAnswer = new CloudAnswer(cloud, catchUp, writer, _answer, logger);
            FinishReason reason = await cloudAnswer.RunAsync(cancellationToken).ConfigureAwait(false);
            return Summarize(reason, cloud, cloudAnswer.TakenOverAt, bytesSent + (catchUp?.BytesSent ?? 0)) with { BytesSaved = picture.Cost?.Saved ?? 0 };
        }
        finally
        {
            picture.Dispose();
            _answer.Complete();
            if (cloud is not null) await session.CloseAsync(cloud).ConfigureAwait(false);
        }
    }

    /// <summary>Lets the device do everything, or all but the features.</summary>
    /// <param name="known">The picture's features; null lets the device compute them.</param>
    /// <param name="cancellationToken">Gives the question up.</param>
    public async Task<AnswerSummary> OnDeviceAsync(ImageFeatures? known, CancellationToken cancellationToken)
    {
        try
        {
            ImageFeatures features = known ?? await EncodeAsync(cancellationToken).ConfigureAwait(false);
            var writer = new DeviceWriter(device!, question, clock);
            LocalSequence sequence = (await writer.PrefillAsync(ArrivingFeatures.Of(features), cancellationToken).ConfigureAwait(false))!;
            await using (sequence.ConfigureAwait(false))
            {
                FinishReason reason = await writer.FinishAsync(sequence, _answer, cancellationToken).ConfigureAwait(false);
                return Summarize(reason, null, null, 0);
            }
        }
        finally
        {
            _answer.Complete();
        }
    }

    private async Task<ImageFeatures> EncodeAsync(CancellationToken cancellationToken)
    {
        (ImagePatches patches, clock.DecodeImage) = await clock.MeasureAsync(device!.PrepareAsync(question.Image, options.MaxImagePixels, question.Options.Resolution, question.Prompt, cancellationToken)).ConfigureAwait(false);
        _visualTokens = patches.Grid.Tokens;
        (ImageFeatures features, clock.EncodeImage) = await clock.MeasureAsync(device.EncodeAsync(patches, cancellationToken)).ConfigureAwait(false);
        return features;
    }

    private AnswerSummary Summarize(FinishReason reason, CloudQuestion? cloud, int? takenOverAt, long bytesSent) => new()
    {
        Text = _answer.Complete(),
        FinishReason = reason,
        VisualTokens = cloud?.Timings?.VisualTokens ?? _visualTokens,
        CloudTokens = _answer.Cloud.Count,
        DeviceTokens = _answer.Device.Count,
        TakenOverAt = takenOverAt,
        ConnectionLost = cloud?.End == CloudEnd.Lost,
        BytesSent = bytesSent,
        BytesReceived = cloud?.BytesReceived ?? 0,
        Server = cloud?.Timings,
        Timings = new StageTimings
        {
            DecodeImage = clock.DecodeImage,
            EncodeImage = clock.EncodeImage,
            Upload = clock.Upload,
            FirstFeatureChunk = clock.Since(cloud?.FirstChunkAt ?? 0),
            FeaturesComplete = clock.Since(cloud?.FeaturesAt ?? 0),
            Prefill = clock.Prefill,
            PrefillComplete = clock.PrefillComplete,
            TakeOverRequested = clock.TakeOverRequested,
            HandedOff = clock.Since(cloud?.HandedOffAt ?? 0),
            FirstToken = _answer.Cloud.First ?? _answer.Device.First,
            FirstDeviceToken = _answer.Device.First,
            CloudPerToken = _answer.Cloud.PerToken,
            DevicePerToken = _answer.Device.PerToken,
            Total = clock.Now,
        },
    };
}
