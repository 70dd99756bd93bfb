using QwenVl.Client.Transport;
using QwenVl.Model.Vision;
using QwenVl.Protos.V1;

namespace QwenVl.Client.Handoff;

/// <summary>A question whose only answer is features.</summary>
internal static class FeatureRequest
{
    /// <exception cref="QwenVlException">The server refused, or the stream broke before all had come.</exception>
    public static async Task<ImageFeatures> RunAsync(ConverseSession session, Ask ask, FeatureExpectation expected, CancellationToken cancellationToken)
    {
        CloudQuestion cloud = session.Begin(0, 0, expected);
        try
        {
            ask.QuestionId = cloud.Id;
            await session.SendAsync(new ClientMessage { Ask = ask }, cancellationToken).ConfigureAwait(false);
            while (true)
            {
                Task changed = cloud.Changed;
                CloudEnd end = cloud.End;
                if (end != CloudEnd.None && cloud.Features is { IsComplete: true } features) return features.ToFeatures();
                if (end is CloudEnd.Lost or CloudEnd.Failed) throw cloud.Failure();
                if (end != CloudEnd.None) throw new QwenVlException(QwenVlErrorCode.ProtocolViolation, "The server ended a request for features without them.");
                await changed.WaitAsync(cancellationToken).ConfigureAwait(false);
            }
        }
        finally
        {
            await session.CloseAsync(cloud).ConfigureAwait(false);
        }
    }
}
