using QwenVl.Benchmarks.Load.Checking;
using QwenVl.Benchmarks.Load.Pictures;
using QwenVl.Benchmarks.Load.Scenarios;
using QwenVl.Benchmarks.Load.Streaming;
using QwenVl.Benchmarks.Load.Workloads;
using QwenVl.Protos.V1;

namespace QwenVl.Benchmarks.Load.Driving;

/// <summary>Sends requests and follows their answers. Safe for concurrent use.</summary>
/// <param name="scenario">What is asked and how.</param>
/// <param name="connections">Carry the streams.</param>
/// <param name="kept">Streams that are kept open; null: each request opens its own.</param>
/// <param name="identity">The server.</param>
/// <param name="library">Makes the pictures; null: there are none.</param>
/// <param name="ledger">What features were before.</param>
/// <param name="time">The clock.</param>
internal sealed class RequestDriver(
    Scenario scenario, ConnectionPool connections, KeptStreams? kept, ServerIdentity identity, PictureLibrary? library, FeatureLedger ledger, TimeProvider time)
{
    /// <summary>Sends one request and waits for its end.</summary>
    /// <param name="request">The request.</param>
    /// <param name="due">The timestamp at which it is due.</param>
    /// <param name="ending">Gives it up.</param>
    public async Task<RequestOutcome> RunAsync(PlannedRequest request, long due, CancellationToken ending)
    {
        TimeSpan lag = time.GetElapsedTime(due);
        using var timeout = new CancellationTokenSource(scenario.Timeout, time);
        using var giveUp = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, ending);
        PictureFile? file = request.Picture is { } choice ? library!.Make(choice) : null;
        try
        {
            bool needsOwn = request.Behaviour is Behaviour.Leave or Behaviour.Crash or Behaviour.SlowReader;
            if (kept is null || needsOwn) return await OnOwnStreamAsync(request, due, lag, file, giveUp.Token);
            using KeptStreams.Place? place = await kept.TakeAsync(request.Network, giveUp.Token);
            return place is null ? RequestOutcome.NotSent(request, "NO_STREAM_FREE") : await AskAsync(request, due, lag, file, place.Stream, null, isOwn: false, giveUp.Token);
        }
        catch (Exception error) when (error is Grpc.Core.RpcException or OperationCanceledException or IOException)
        {
            return Failed(request, due, lag, Failure.Of(error));
        }
    }

    private async Task<RequestOutcome> OnOwnStreamAsync(PlannedRequest request, long due, TimeSpan lag, PictureFile? file, CancellationToken cancellation)
    {
        // A connection that is reset takes all its streams along, so that it must be one's own.
        using Connection? own = request.Behaviour == Behaviour.Crash ? connections.Own(request.Network) : null;
        Connection connection = own ?? connections.Next(request.Network);
        TimeSpan readDelay = request.Behaviour == Behaviour.SlowReader ? TimeSpan.FromMilliseconds(scenario.Shares.SlowReaderMs) : TimeSpan.Zero;
        TimeSpan left = scenario.Timeout - time.GetElapsedTime(due);
        await using ConverseStream stream = await ConverseStream.OpenAsync(connection, identity.Hello(), left > TimeSpan.Zero ? left : TimeSpan.FromTicks(1), readDelay, time, cancellation);
        return await AskAsync(request, due, lag, file, stream, own, isOwn: true, cancellation);
    }

    private async Task<RequestOutcome> AskAsync(
        PlannedRequest request, long due, TimeSpan lag, PictureFile? file, ConverseStream stream, Connection? own, bool isOwn, CancellationToken cancellation)
    {
        var ask = new Ask
        {
            QuestionId = stream.NextQuestion(),
            Prompt = request.Prompt,
            MaxNewTokens = request.MaxNewTokens,
            Resolution = scenario.Question.Resolution,
            Features = scenario.Question.Features,
            Tokens = scenario.Question.Tokens,
            TakeOverAt = scenario.Question.TakeOverAt,
        };
        using var check = new AnswerCheck(ask, request.Picture, file, ledger);
        var exchange = new Exchange(check);
        long announced = time.GetTimestamp();
        (uint Id, Upload Upload)? picture = null;
        bool isAsked = false;
        try
        {
            if (file is not null)
            {
                picture = await stream.SendPictureAsync(file, cancellation);
                ask.ImageIds.Add(picture.Value.Id);
            }

            isAsked = true;
            await stream.AskAsync(ask, exchange, cancellation);
            bool acted = await BehaveAsync(request, ask, exchange, stream, own, cancellation);
            Exception? error = await exchange.Ended.WaitAsync(cancellation);
            if (isOwn && error is null) await stream.CompleteAsync(cancellation);
            return Outcome(request, due, lag, announced, file, picture?.Upload, exchange, error, acted);
        }
        catch (OperationCanceledException) when (!isOwn && isAsked && !stream.IsOver)
        {
            // The stream is others' too: only this question ends.
            await stream.SendAsync(new ClientMessage { Cancel = new Cancel { QuestionId = ask.QuestionId } }, CancellationToken.None);
            throw;
        }
        finally
        {
            stream.Forget(ask.QuestionId, picture?.Id, check.End is null);
        }
    }

    /// <summary>Does what the behaviour says.</summary>
    /// <returns>Whether it came to that before the answer ended.</returns>
    private async Task<bool> BehaveAsync(PlannedRequest request, Ask ask, Exchange exchange, ConverseStream stream, Connection? own, CancellationToken cancellation)
    {
        if (request.Behaviour is not (Behaviour.Cancel or Behaviour.Leave or Behaviour.Crash)) return false;
        await Task.WhenAny(exchange.Ended, Task.Delay(request.After, time, cancellation));
        if (exchange.Ended.IsCompleted) return false;
        if (request.Behaviour == Behaviour.Cancel) await stream.SendAsync(new ClientMessage { Cancel = new Cancel { QuestionId = ask.QuestionId } }, cancellation);
        else if (own is not null) own.Reset();
        else await stream.LeaveAsync();
        return true;
    }

    private RequestOutcome Outcome(PlannedRequest request, long due, TimeSpan lag, long announced, PictureFile? file, Upload? upload, Exchange exchange, Exception? error, bool acted)
    {
        AnswerCheck check = exchange.Check;
        Failure? failure = error is not null ? Failure.Of(error) : check.End?.QuestionFailed is { } failed ? Failure.Of(failed) : check.End is null ? new Failure(OutcomeKind.Failed, "NO_END", false) : null;
        bool wasCut = request.Behaviour == Behaviour.SlowReader && failure?.Reason == "SLOW_READER";
        OutcomeKind kind = acted || wasCut ? OutcomeKind.EndedAsPlanned : failure?.Kind ?? OutcomeKind.Answered;
        bool wasSent = upload is { WasNeeded: true };
        return new RequestOutcome
        {
            Request = request,
            Kind = kind,
            Reason = kind is OutcomeKind.Answered ? null : failure?.Reason,
            HasRetry = failure?.HasRetry ?? false,
            Lag = lag,
            Upload = wasSent && upload!.ReadyAt is { } ready ? time.GetElapsedTime(announced, ready) : null,
            FirstFeatures = Since(due, exchange.FirstFeatures),
            Features = Since(due, exchange.Features),
            FirstToken = Since(due, exchange.FirstToken),
            TokenGaps = exchange.TokenGaps(time),
            End = time.GetElapsedTime(due, exchange.EndedAt),
            Tokens = check.Tokens.Count,
            PictureBytes = wasSent ? file!.Bytes.Length : 0,
            FeatureBytes = check.FeatureBytes,
            WasKnown = upload is not null && !wasSent,
            WasCached = check.WasCached ?? false,
            ServerQueueSeconds = check.Timings?.QueueSeconds,
            Violations = check.Violations,
            MissingTokens = check.Tokens.Missing,
            DuplicateTokens = check.Tokens.Duplicates,
        };
    }

    private RequestOutcome Failed(PlannedRequest request, long due, TimeSpan lag, Failure failure) => new()
    {
        Request = request,
        Kind = failure.Kind,
        Reason = failure.Reason,
        HasRetry = failure.HasRetry,
        Lag = lag,
        End = time.GetElapsedTime(due),
    };

    private TimeSpan? Since(long due, long? timestamp) => timestamp is { } at ? time.GetElapsedTime(due, at) : null;
}
