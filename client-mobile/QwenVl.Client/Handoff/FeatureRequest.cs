using QwenVl.Client.Transport;
using QwenVl.Model.Vision;

namespace QwenVl.Client.Handoff;

/// <summary>A question whose only answer is features; a stream that breaks is opened again, and what came is kept.</summary>
internal static class FeatureRequest
{
    /// <param name="server">The way there.</param>
    /// <param name="plan">Asks for features.</param>
    /// <param name="options">How often and when to try again.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="QwenVlException">The server refused, or could not be reached any more before all had come.</exception>
    public static async Task<ImageFeatures> RunAsync(ServerConnection server, AskPlan plan, QwenVlClientOptions options, CancellationToken cancellationToken)
    {
        FeatureAssembler features = plan.Features!;
        var backoff = new Backoff(options);
        int most = 0;
        while (true)
        {
            QwenVlException lost;
            try
            {
                await AskAsync(server, plan, options, cancellationToken).ConfigureAwait(false);
                return features is { IsComplete: true, Features: { } all } ? all.ToFeatures() : throw new QwenVlException(QwenVlErrorCode.ProtocolViolation, "The server ended a request for features without them.");
            }
            catch (QwenVlException error)
            {
                lost = error;
            }

            if (features.Received > most) backoff.Progressed();
            most = Math.Max(most, features.Received);
            if (backoff.After(lost) is not { } wait) throw lost;
            await Task.Delay(wait, options.TimeProvider, cancellationToken).ConfigureAwait(false);
        }
    }

    private static async Task AskAsync(ServerConnection server, AskPlan plan, QwenVlClientOptions options, CancellationToken cancellationToken)
    {
        var pulse = new Pulse();
        CloudExchange exchange = await CloudExchange.BeginAsync(server, plan, pulse, cancellationToken).ConfigureAwait(false);
        await using (exchange.ConfigureAwait(false))
        {
            CloudQuestion cloud = exchange.Question;
            while (true)
            {
                Task changed = pulse.Next;
                CloudEnd end = cloud.End;
                if (end is CloudEnd.Lost or CloudEnd.Failed && !plan.Features!.IsComplete) throw cloud.Failure();
                if (end != CloudEnd.None) return;
                await exchange.WaitAsync(changed, options, cancellationToken).ConfigureAwait(false);
            }
        }
    }
}
