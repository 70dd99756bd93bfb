using Microsoft.Extensions.Logging;
using QwenVl.Client.Images;

namespace QwenVl.Client.Routing;

/// <summary>
/// Stands before everything that sends. The strictest wins: what the client, the question or any rule keeps, stays, whatever
/// route was named.
/// </summary>
internal sealed partial class PrivacyGate(QwenVlClientOptions options, ILogger logger)
{
    /// <summary>Why nothing of a question may leave the device; null where it may.</summary>
    /// <param name="image">The picture.</param>
    /// <param name="prompt">The prompt; null where there is none yet.</param>
    /// <param name="privacy">What the question itself says.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<string?> ReasonToStayAsync(ClientImage image, string? prompt, Privacy privacy, CancellationToken cancellationToken)
    {
        if (options.Privacy == Privacy.LocalOnly) return "the client's privacy is LocalOnly";
        if (privacy == Privacy.LocalOnly) return "the question's privacy is LocalOnly";
        if (options.PrivacyRules.Count == 0) return null;
        var subject = new PrivacySubject(image, prompt, options.MaxImagePixels);
        // A caller's thread may be that of a screen, and a classifier takes as long as it takes.
        return await Task.Run(() => JudgeAsync(subject, cancellationToken), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Refuses to send what must stay.</summary>
    /// <exception cref="QwenVlException">It must stay.</exception>
    public async Task RequireMayLeaveAsync(ClientImage image, Privacy privacy, CancellationToken cancellationToken)
    {
        if (await ReasonToStayAsync(image, null, privacy, cancellationToken).ConfigureAwait(false) is { } reason) throw MustStay(reason);
    }

    /// <summary>What is thrown where something would have to be sent that must stay.</summary>
    public static QwenVlException MustStay(string reason) =>
        new(QwenVlErrorCode.LocalOnly, $"Nothing was sent: {reason}. Ask with engines on the device (DeviceEnginePath), or let it leave.");

    private async Task<string?> JudgeAsync(PrivacySubject subject, CancellationToken cancellationToken)
    {
        foreach (IPrivacyRule rule in options.PrivacyRules)
        {
            try
            {
                PrivacyVerdict verdict = await rule.JudgeAsync(subject, cancellationToken).ConfigureAwait(false);
                if (verdict.MustStay) return $"the privacy rule {rule.Name} says that {verdict.Reason}";
            }
            catch (Exception error) when (!cancellationToken.IsCancellationRequested)
            {
                // Whoever cannot tell whether something is private must not send it.
                Log.RuleFailed(logger, rule.Name, error);
                return $"the privacy rule {rule.Name} failed ({error.GetType().Name})";
            }
        }

        return null;
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "The privacy rule {Rule} failed; the question stays on the device.")]
        public static partial void RuleFailed(ILogger logger, string rule, Exception error);
    }
}
