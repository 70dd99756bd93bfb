using QwenVl.Protos.V1;

namespace QwenVl.Client.Transport;

/// <summary>One question on one stream. Disposing it frees the question's place on both sides, wherever it stands.</summary>
internal sealed class CloudExchange : IAsyncDisposable
{
    // A picture of 20 MB at 0.5 Mbit/s takes over five minutes.
    private const int MaxSilencesOfUpload = 12;

    private readonly ConverseSession _session;
    private readonly ImageUpload _upload;

    private CloudExchange(ConverseSession session, CloudQuestion question, HeldPicture picture, long bytesSent) =>
        (_session, _upload, Question, Picture, BytesSent) = (session, picture.Upload, question, picture.Cost, bytesSent);

    private int _silences;

    /// <summary>What has come of it.</summary>
    public CloudQuestion Question { get; }

    /// <summary>What sending the picture took where this question did it.</summary>
    public Uploads.Sent? Picture { get; }

    /// <summary>Bytes of messages sent, the picture's included.</summary>
    public long BytesSent { get; private set; }

    /// <summary>Opens the stream where it is not open, sends the picture where this stream has not, and asks.</summary>
    /// <param name="server">The way there.</param>
    /// <param name="plan">What is asked.</param>
    /// <param name="pulse">Tells of every change.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="QwenVlException">The server cannot be reached, or the picture is over a limit.</exception>
    public static async Task<CloudExchange> BeginAsync(ServerConnection server, AskPlan plan, Pulse pulse, CancellationToken cancellationToken)
    {
        ConverseSession session = await server.OpenAsync(cancellationToken).ConfigureAwait(false);
        using HeldPicture picture = await session.Pictures.SendAsync(plan.Question.Image, cancellationToken).ConfigureAwait(false);
        CloudQuestion question = session.Begin(plan, pulse);
        try
        {
            Ask ask = AskMessage.Create(plan, question.Id, picture.Id, session.Limits);
            if (ask.TakeOverAt > 0) question.TakeOverSent();
            int bytes = await session.SendAsync(new ClientMessage { Ask = ask }, cancellationToken).ConfigureAwait(false);
            return new CloudExchange(session, question, picture, (picture.Cost?.Bytes ?? 0) + bytes);
        }
        catch
        {
            await session.CloseAsync(question).ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Asks to write every token from an index on.</summary>
    public async Task TakeOverAsync(int nextIndex, CancellationToken cancellationToken)
    {
        Question.TakeOverSent();
        try
        {
            BytesSent += await _session.SendAsync(new ClientMessage { TakeOver = new TakeOver { QuestionId = Question.Id, NextIndex = nextIndex } }, cancellationToken).ConfigureAwait(false);
        }
        catch (QwenVlException)
        {
            // The stream broke, and the question with it.
        }
    }

    /// <summary>
    /// Waits for a change, or for so long that the question is lost: alone where the server speaks of others, with the stream where it
    /// says nothing at all. A picture that is still on its way is no silence of the server's.
    /// </summary>
    public async Task WaitAsync(Task changed, QwenVlClientOptions options, CancellationToken cancellationToken)
    {
        try
        {
            await changed.WaitAsync(options.ResponseTimeout, options.TimeProvider, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException error)
        {
            // Whether the line is dead meanwhile, probes find out.
            if (!_upload.IsReady && ++_silences < MaxSilencesOfUpload) return;
            var silent = new QwenVlException(QwenVlErrorCode.ConnectionLost, $"The server said nothing for {options.ResponseTimeout.TotalSeconds:0.#} s. Ask again, or raise ResponseTimeout.", error);
            if (_session.SinceHeard < options.ResponseTimeout) Question.Lose(silent);
            else await _session.AbandonAsync(silent).ConfigureAwait(false);
        }
    }

    public async ValueTask DisposeAsync() => await _session.CloseAsync(Question).ConfigureAwait(false);
}
