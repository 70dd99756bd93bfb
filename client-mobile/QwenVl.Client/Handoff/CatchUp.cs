using QwenVl.Client.Answers;
using QwenVl.Client.Device;
using QwenVl.Client.Transport;
using QwenVl.Protos.V1;

namespace QwenVl.Client.Handoff;

/// <summary>
/// Brings the device to where the server is: prefills while the features come, takes in the server's tokens as they come,
/// and when it has them all asks to take over.
/// </summary>
internal sealed class CatchUp(ConverseSession session, CloudQuestion cloud, DeviceWriter device, GenerateOptions options, AnswerClock clock)
{
    /// <summary>Bytes of the request to take over; 0 where there was none.</summary>
    public int BytesSent { get; private set; }

    /// <summary>Runs until the server's part has ended.</summary>
    /// <returns>The sequence with all of the server's tokens, which the caller disposes; null where the features did not come.</returns>
    public async Task<LocalSequence?> RunAsync(CancellationToken cancellationToken)
    {
        if (await FeaturesAsync(cancellationToken).ConfigureAwait(false) is not { } features) return null;
        if (await device.PrefillAsync(features, cancellationToken).ConfigureAwait(false) is not { } sequence) return null;
        try
        {
            await FollowAsync(sequence, cancellationToken).ConfigureAwait(false);
            return sequence;
        }
        catch
        {
            await sequence.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    private async Task<ArrivingFeatures?> FeaturesAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            Task changed = cloud.Changed;
            if (cloud.Features is { } features) return features;
            if (cloud.End != CloudEnd.None) return null;
            await changed.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task FollowAsync(LocalSequence sequence, CancellationToken cancellationToken)
    {
        bool asked = false;
        while (true)
        {
            Task changed = cloud.Changed;
            // The end is read before the tokens: all tokens came before it.
            CloudEnd end = cloud.End;
            CloudToken[] tokens = cloud.TokensFrom(sequence.AnswerLength);
            if (tokens.Length > 0)
            {
                await sequence.FeedAsync([.. tokens.Select(token => token.Id)], cancellationToken).ConfigureAwait(false);
                continue;
            }

            if (end != CloudEnd.None) return;
            if (!asked)
            {
                int next = Math.Max(options.TakeOverAfter, sequence.AnswerLength + options.TakeOverLead);
                if (next < (options.MaxCloudTokens ?? int.MaxValue)) await AskAsync(next, cancellationToken).ConfigureAwait(false);
                asked = true;
            }

            await changed.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task AskAsync(int next, CancellationToken cancellationToken)
    {
        // From the last token on there would be nothing left to write.
        if (next >= options.MaxNewTokens) return;
        cloud.TakeOverSent();
        clock.TakeOverRequested = clock.Now;
        var message = new ClientMessage { TakeOver = new TakeOver { QuestionId = cloud.Id, NextIndex = next } };
        try
        {
            BytesSent = await session.SendAsync(message, cancellationToken).ConfigureAwait(false);
        }
        catch (QwenVlException)
        {
            // The stream broke: the question has ended as lost, and the device goes on without being asked to.
        }
    }
}
