using QwenVl.Client.Answers;
using QwenVl.Client.Device;

namespace QwenVl.Client.Handoff;

/// <summary>The device's part of an answer: takes the prompt in, and writes from wherever the answer stands to its end.</summary>
internal sealed class DeviceWriter(LocalDevice device, AnswerQuestion question, AnswerClock clock)
{
    /// <summary>Takes the prompt and the picture's features in, as they come.</summary>
    /// <returns>The sequence, which the caller disposes; null where the features ended before all had come.</returns>
    public async Task<LocalSequence?> PrefillAsync(ArrivingFeatures features, CancellationToken cancellationToken)
    {
        GenerateOptions options = question.Options;
        LocalSequence sequence = await device.StartAsync(question.Prompt, features.Grid, options.MaxNewTokens, options.Sampling, cancellationToken).ConfigureAwait(false);
        try
        {
            bool complete = await sequence.PrefillAsync(features, cancellationToken).ConfigureAwait(false);
            (clock.Prefill, clock.PrefillComplete) = (sequence.PrefillTime, clock.Now);
            if (complete) return sequence;
            await sequence.DisposeAsync().ConfigureAwait(false);
            return null;
        }
        catch
        {
            await sequence.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Writes to the end of the answer.</summary>
    /// <param name="sequence">Holds every token that <paramref name="answer"/> holds.</param>
    /// <param name="answer">The answer so far.</param>
    /// <param name="cancellationToken">Stops between two tokens.</param>
    public async Task<FinishReason> FinishAsync(LocalSequence sequence, AnswerWriter answer, CancellationToken cancellationToken)
    {
        if (sequence.AnswerLength != answer.Count)
            throw new QwenVlException(QwenVlErrorCode.ProtocolViolation, $"The device holds {sequence.AnswerLength} tokens of an answer of {answer.Count}.");
        int most = question.Options.MaxNewTokens;
        if (answer.Count >= most) return FinishReason.Length;
        int token = await sequence.SampleAsync(cancellationToken).ConfigureAwait(false);
        while (!device.Model.Config.StopTokenIds.Contains(token))
        {
            answer.Write(sequence.AnswerLength, token, TokenSource.Device);
            if (answer.Count == most) return FinishReason.Length;
            token = await sequence.FeedAndSampleAsync(token, cancellationToken).ConfigureAwait(false);
        }

        return FinishReason.Stop;
    }
}
