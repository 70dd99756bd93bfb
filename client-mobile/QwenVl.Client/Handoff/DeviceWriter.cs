using QwenVl.Client.Answers;
using QwenVl.Client.Device;
using QwenVl.Client.Transport;

namespace QwenVl.Client.Handoff;

/// <summary>
/// The device's part of an answer: takes the prompt in, then the answer's tokens by whomever, and writes from wherever the
/// answer stands. It can be stopped after any step and goes on from there, so a change of plan costs nothing that was
/// computed. For one task at a time.
/// </summary>
internal sealed class DeviceWriter(LocalDevice device, AnswerQuestion question, AnswerWriter answer, AnswerClock clock) : IAsyncDisposable
{
    private LocalSequence? _sequence;
    private ArrivingFeatures? _source;
    private volatile QwenVlException? _failure;

    /// <summary>Why the device can do no more for this answer; null while it can.</summary>
    public QwenVlException? Failure => _failure;

    /// <summary>Whether it has taken in all that has been written.</summary>
    public bool IsCaughtUp => _sequence is { IsPrefilled: true } sequence && sequence.AnswerLength == answer.Count;

    /// <summary>Stays as near to the answer as it can, while the server writes it.</summary>
    /// <param name="features">The picture's.</param>
    /// <param name="pulse">Tells when there are more tokens, and is told when they have been taken in.</param>
    /// <param name="cancellationToken">Stops after a step.</param>
    public async Task FollowAsync(ArrivingFeatures features, Pulse pulse, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task changed = pulse.Next;
            if (!IsCaughtUp)
            {
                await RunAsync(() => CatchUpAsync(features, cancellationToken)).ConfigureAwait(false);
                pulse.Fire();
            }

            await changed.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Writes to the end of the answer.</summary>
    /// <param name="features">The picture's.</param>
    /// <param name="cancellationToken">Stops between two tokens.</param>
    /// <exception cref="QwenVlException">The engines failed, or the question does not fit them.</exception>
    public Task<FinishReason> FinishAsync(ArrivingFeatures features, CancellationToken cancellationToken) => RunAsync(async () =>
    {
        await CatchUpAsync(features, cancellationToken).ConfigureAwait(false);
        int most = question.Options.MaxNewTokens;
        if (answer.Count >= most) return FinishReason.Length;
        int token = await _sequence!.SampleAsync(cancellationToken).ConfigureAwait(false);
        while (!device.Model.Config.StopTokenIds.Contains(token))
        {
            answer.Write(_sequence.AnswerLength, token, TokenSource.Device);
            if (answer.Count == most) return FinishReason.Length;
            token = await _sequence.FeedAndSampleAsync(token, cancellationToken).ConfigureAwait(false);
        }

        return FinishReason.Stop;
    });

    public async ValueTask DisposeAsync()
    {
        if (_sequence is { } sequence) await sequence.DisposeAsync().ConfigureAwait(false);
    }

    private async Task<bool> CatchUpAsync(ArrivingFeatures features, CancellationToken cancellationToken)
    {
        GenerateOptions options = question.Options;
        if (_sequence is { IsPrefilled: false } begun && !ReferenceEquals(_source, features))
        {
            // Rows of two towers, or of two of its runs, do not belong into one prompt.
            _sequence = null;
            await begun.DisposeAsync().ConfigureAwait(false);
        }

        _source = features;
        _sequence ??= await device.StartAsync(question.Prompt, features.Grid, options.MaxNewTokens, options.Sampling, cancellationToken).ConfigureAwait(false);
        if (!_sequence.IsPrefilled)
        {
            await _sequence.PrefillAsync(features, cancellationToken).ConfigureAwait(false);
            (clock.Prefill, clock.PrefillComplete) = (_sequence.PrefillTime, clock.Now);
        }

        while (!IsCaughtUp) await _sequence.FeedAsync(answer.IdsFrom(_sequence.AnswerLength), cancellationToken).ConfigureAwait(false);
        return true;
    }

    private async Task<T> RunAsync<T>(Func<Task<T>> work)
    {
        try
        {
            return await work().ConfigureAwait(false);
        }
        catch (QwenVlException error)
        {
            _failure = error;
            throw;
        }
    }
}
