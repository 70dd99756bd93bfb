using Microsoft.Extensions.Logging;
using QwenVl.Client.Answers;
using QwenVl.Client.Device;
using QwenVl.Client.Transport;

namespace QwenVl.Client.Handoff;

/// <summary>
/// An answer that the server begins: shows its tokens at once while the device catches up, and lets the device write
/// from the seam on. The seam is a HandedOff, or the point at which the stream broke once the device had all features.
/// </summary>
internal sealed partial class CloudAnswer(CloudQuestion cloud, CatchUp? catchUp, DeviceWriter? device, AnswerWriter answer, ILogger logger)
{
    /// <summary>The index of the device's first token, where the server had begun.</summary>
    public int? TakenOverAt { get; private set; }

    /// <summary>Runs to the end of the answer.</summary>
    public async Task<FinishReason> RunAsync(CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task<LocalSequence?> following = catchUp?.RunAsync(stop.Token) ?? Task.FromResult<LocalSequence?>(null);
        try
        {
            await ShowAsync(cancellationToken).ConfigureAwait(false);
            switch (cloud.End)
            {
                case CloudEnd.Stopped: return FinishReason.Stop;
                case CloudEnd.Length: return FinishReason.Length;
                case CloudEnd.Failed: throw cloud.Failure();
                case CloudEnd.Lost when device is null || !cloud.HasAllFeatures: throw cloud.Failure();
            }

            LocalSequence sequence = await following.ConfigureAwait(false)
                ?? throw new QwenVlException(QwenVlErrorCode.ProtocolViolation, "The server handed over without all features.");
            if (answer.Count > 0) TakenOverAt = answer.Count;
            return await device!.FinishAsync(sequence, answer, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            await stop.CancelAsync().ConfigureAwait(false);
            await ((Task)following).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (following.IsFaulted) Log.DeviceDidNotFollow(logger, following.Exception.InnerException!);
            else if (following.IsCompletedSuccessfully && await following.ConfigureAwait(false) is { } sequence) await sequence.DisposeAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Shows tokens as they come, until the server's part ends.</summary>
    private async Task ShowAsync(CancellationToken cancellationToken)
    {
        int shown = 0;
        while (true)
        {
            Task changed = cloud.Changed;
            CloudEnd end = cloud.End;
            foreach (CloudToken token in cloud.TokensFrom(shown)) answer.Write(shown++, token.Id, TokenSource.Cloud, token.Text);
            if (end != CloudEnd.None) return;
            await changed.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "The device could not follow the server's answer.")]
        public static partial void DeviceDidNotFollow(ILogger logger, Exception error);
    }
}
