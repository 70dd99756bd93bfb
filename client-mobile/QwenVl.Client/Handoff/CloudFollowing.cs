using Microsoft.Extensions.Logging;
using QwenVl.Client.Answers;
using QwenVl.Client.Transport;

namespace QwenVl.Client.Handoff;

/// <summary>
/// The server's part of an answer: shows its tokens at once, lets the device take them in after the features, which it takes in as they come, and
/// when that has caught up asks for what follows. A device that is ready long before the first token writes it itself.
/// </summary>
internal sealed partial class CloudFollowing(CloudExchange exchange, AnswerWriter answer, DeviceWriter? device, AnswerMachine machine, Pulse pulse, QwenVlClientOptions options, ILogger logger)
{
    private readonly CloudQuestion _cloud = exchange.Question;

    /// <summary>Runs until the server's part has ended; everything of it is shown then, and the device is at rest.</summary>
    /// <param name="features">The picture's, once they have begun to come.</param>
    /// <param name="generate">When to take over.</param>
    /// <param name="clock">Is told when that was asked for.</param>
    /// <param name="cancellationToken">Stops between two tokens.</param>
    /// <returns>Whether the server's part came to its end; else the device has waited long enough for its first token.</returns>
    public async Task<bool> RunAsync(Func<ArrivingFeatures?> features, GenerateOptions generate, AnswerClock clock, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task? following = null;
        TimeSpan? caughtUp = null;
        try
        {
            while (true)
            {
                Task changed = pulse.Next;
                // The end is read before the tokens: all tokens came before it.
                CloudEnd end = _cloud.End;
                Show(_cloud.TokensFrom(answer.Count), following is not null);
                if (end != CloudEnd.None) return true;
                if (following is null && device is { Failure: null } && features() is { } arriving) following = device.FollowAsync(arriving, pulse, stop.Token);
                if (following is not null && caughtUp is null && device!.IsCaughtUp)
                {
                    caughtUp = clock.Now;
                    await TakeOverAsync(generate, clock, cancellationToken).ConfigureAwait(false);
                }

                bool isFirstDue = caughtUp is not null && answer.Count == 0 && options.FirstTokenPatience != Timeout.InfiniteTimeSpan;
                if (!isFirstDue) await exchange.WaitAsync(changed, options, cancellationToken).ConfigureAwait(false);
                else if (!await WaitAsync(changed, caughtUp!.Value + options.FirstTokenPatience - clock.Now, cancellationToken).ConfigureAwait(false)) return false;
            }
        }
        finally
        {
            await stop.CancelAsync().ConfigureAwait(false);
            if (following is not null) await following.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (following is { IsFaulted: true }) Log.DeviceDidNotFollow(logger, following.Exception.InnerException!);
        }
    }

    private void Show(CloudToken[] tokens, bool isFollowed)
    {
        foreach (CloudToken token in tokens) answer.Write(answer.Count, token.Id, TokenSource.Cloud, token.Text);
        if (isFollowed && tokens.Length > 0) pulse.Fire();
    }

    private async Task<bool> WaitAsync(Task changed, TimeSpan patience, CancellationToken cancellationToken)
    {
        try
        {
            await changed.WaitAsync(patience > TimeSpan.Zero ? patience : TimeSpan.Zero, options.TimeProvider, cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    private async Task TakeOverAsync(GenerateOptions generate, AnswerClock clock, CancellationToken cancellationToken)
    {
        int next = (int)Math.Min(int.MaxValue, Math.Max(generate.TakeOverAfter, (long)answer.Count + generate.TakeOverLead));
        // The question itself named an earlier index, or there would be nothing left to write.
        if (next >= (generate.MaxCloudTokens ?? int.MaxValue) || next >= generate.MaxNewTokens) return;
        machine.Fire(AnswerEvent.TakeOverRequested);
        clock.TakeOverRequested = clock.Now;
        await exchange.TakeOverAsync(next, cancellationToken).ConfigureAwait(false);
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "The device could not follow the server's answer.")]
        public static partial void DeviceDidNotFollow(ILogger logger, Exception error);
    }
}
