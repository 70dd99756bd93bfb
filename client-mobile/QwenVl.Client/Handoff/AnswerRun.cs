using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using QwenVl.Client.Answers;
using QwenVl.Client.Device;
using QwenVl.Client.Transport;
using QwenVl.Model.Vision;

namespace QwenVl.Client.Handoff;

/// <summary>
/// Drives one answer through its states, whichever route it takes and whatever happens to stream and engines on the way. One
/// task does it: each state has one step, and a step ends with the event that leads on.
/// </summary>
internal sealed partial class AnswerRun : IAsyncDisposable
{
    private readonly AnswerQuestion _question;
    private readonly LocalDevice? _device;
    private readonly ServerConnection? _server;
    private readonly QwenVlClientOptions _options;
    private readonly AnswerClock _clock;
    private readonly ILogger _logger;
    private readonly AnswerMachine _machine;
    private readonly AnswerWriter _answer;
    private readonly DeviceWriter? _writer;
    private readonly FeatureAssembler? _assembler;
    private readonly Backoff _backoff;
    private readonly Pulse _pulse = new();
    private readonly AnswerAccount _account = new();
    private readonly bool _mayFallBack;
    private ArrivingFeatures? _features;
    private CloudExchange? _exchange;
    private QwenVlException? _lost;
    private QwenVlException? _cannotEncode;
    private FinishReason _reason;
    private bool _wasAsked;

    /// <param name="question">What is asked.</param>
    /// <param name="device">The device's engines; null where there are none.</param>
    /// <param name="server">The way to the server; null where the device answers alone and nothing may leave it.</param>
    /// <param name="features">The picture's features where they are known already.</param>
    /// <param name="mayFallBack">Whether the device may do all of it where the server is lost: the caller left the route open.</param>
    /// <param name="clock">Began when the question was asked.</param>
    /// <param name="options">The client's.</param>
    /// <param name="logger">Where logs go.</param>
    public AnswerRun(AnswerQuestion question, LocalDevice? device, ServerConnection? server, ImageFeatures? features, bool mayFallBack, AnswerClock clock, QwenVlClientOptions options, ILogger logger)
    {
        (_question, _device, _server, _mayFallBack, _clock, _options, _logger) = (question, device, server, mayFallBack, clock, options, logger);
        if (features is not null) _features = ArrivingFeatures.Of(features);
        _machine = new AnswerMachine(server is null ? AnswerState.DeviceWriting : AnswerState.Asking);
        _answer = new AnswerWriter(device?.Tokenizer, question.Options.MaxNewTokens, clock);
        _backoff = new Backoff(options);
        if (device is null || (server is not null && question.Options.Route == Route.CloudOnly && !mayFallBack)) return;
        _writer = new DeviceWriter(device, question, _answer, clock);
        if (server is not null) _assembler = new FeatureAssembler(FeatureOwnership.Expect(question, device.Model));
    }

    /// <summary>The tokens as they come.</summary>
    public ChannelReader<AnswerToken> Tokens => _answer.Tokens;

    /// <summary>Where the answer stands.</summary>
    public AnswerState State => _machine.State;

    private ArrivingFeatures? Features => _features ?? _assembler?.Features;

    private bool HasAllFeatures => Features is { IsComplete: true };

    /// <summary>Whether the device can write from here on without the server.</summary>
    private bool DeviceCanGoOn => _writer is { Failure: null } && (_server is null || HasAllFeatures);

    /// <summary>Whether the device can do all of it, from the picture on, where the server is lost.</summary>
    private bool DeviceCanDoAll => _writer is { Failure: null } && _mayFallBack && _cannotEncode is null;

    /// <summary>Runs to the end of the answer.</summary>
    /// <param name="gate">Pauses it.</param>
    /// <param name="cancellationToken">Gives the question up, on both sides.</param>
    public async Task<AnswerSummary> RunAsync(PauseGate gate, CancellationToken cancellationToken)
    {
        try
        {
            while (_machine.State != AnswerState.Finished)
            {
                if (_machine.State == AnswerState.Paused) await RestAsync(gate, cancellationToken).ConfigureAwait(false);
                else await WorkAsync(gate, cancellationToken).ConfigureAwait(false);
            }

            _account.VisualTokens ??= Features?.Grid.Tokens;
            return _account.Summarize(_answer, _reason, _clock);
        }
        catch (Exception error)
        {
            if (!AnswerMachine.IsEnd(_machine.State)) _machine.Fire(error is OperationCanceledException ? AnswerEvent.GivenUp : AnswerEvent.Failed);
            throw;
        }
        finally
        {
            _answer.Complete();
            await DisposeAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Frees the question's place on the server and its memory on the device; <see cref="RunAsync"/> does it at its end.</summary>
    public async ValueTask DisposeAsync()
    {
        await EndExchangeAsync().ConfigureAwait(false);
        if (_writer is not null) await _writer.DisposeAsync().ConfigureAwait(false);
    }

    private async Task WorkAsync(PauseGate gate, CancellationToken cancellationToken)
    {
        using var work = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        bool entered = gate.TryEnter(work);
        try
        {
            if (entered) await StepAsync(work.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (work.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            entered = false;
        }
        finally
        {
            gate.Leave();
        }

        if (entered) return;
        // The server's place is free before anybody is told that the answer rests.
        await EndExchangeAsync().ConfigureAwait(false);
        _account.WasPaused = true;
        _machine.Fire(AnswerEvent.Paused);
    }

    private async Task RestAsync(PauseGate gate, CancellationToken cancellationToken)
    {
        await gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        _machine.Fire(DeviceCanGoOn ? AnswerEvent.DeviceGoesOn : AnswerEvent.AskAgain);
    }

    private Task StepAsync(CancellationToken cancellationToken) => _machine.State switch
    {
        AnswerState.Asking => AskAsync(cancellationToken),
        AnswerState.CloudWriting or AnswerState.TakingOver => FollowServerAsync(cancellationToken),
        AnswerState.DeviceWriting => WriteOnDeviceAsync(cancellationToken),
        _ => ReconnectAsync(cancellationToken),
    };

    private async Task AskAsync(CancellationToken cancellationToken)
    {
        if (_answer.Count >= _question.Options.MaxNewTokens)
        {
            Complete(FinishReason.Length);
            return;
        }

        try
        {
            _exchange = await CloudExchange.BeginAsync(_server!, Plan(), _pulse, cancellationToken).ConfigureAwait(false);
            _clock.Upload ??= _exchange.Picture?.Elapsed;
            _wasAsked = true;
            _machine.Fire(AnswerEvent.Asked);
        }
        catch (QwenVlException error)
        {
            Lose(error);
        }
    }

    /// <summary>What is wanted of the server now: all that the device cannot do.</summary>
    private AskPlan Plan()
    {
        GenerateOptions options = _question.Options;
        bool deviceWrites = _writer is { Failure: null } && options.Route != Route.CloudOnly;
        int? most = deviceWrites && options.Route == Route.Hybrid ? options.MaxCloudTokens : null;
        bool tokens = !deviceWrites || (options.Route != Route.CloudFeatures && !(most <= _answer.Count));
        return new AskPlan(_question)
        {
            Prefix = _answer.IdsFrom(0),
            Tokens = tokens,
            Features = deviceWrites && !HasAllFeatures ? _assembler : null,
            // From the last token on there would be nothing left to write.
            TakeOverAt = tokens && most < options.MaxNewTokens ? most : null,
            VocabularySize = _device?.Model.Config.Text.VocabularySize ?? int.MaxValue,
        };
    }

    /// <summary>Shows the server's part, and concludes from its end.</summary>
    private async Task FollowServerAsync(CancellationToken cancellationToken)
    {
        CloudExchange exchange = _exchange!;
        (int tokens, int bytes) = (_answer.Count, _assembler?.Received ?? 0);
        var following = new CloudFollowing(exchange, _answer, _writer, _machine, _pulse, _options, _logger);
        bool ended = await following.RunAsync(() => exchange.Question.FeaturesBegan ? Features : null, _question.Options, _clock, cancellationToken).ConfigureAwait(false);
        if (_answer.Count > tokens || _assembler?.Received > bytes) _backoff.Progressed();
        await EndExchangeAsync().ConfigureAwait(false);
        if (ended) Conclude(exchange.Question);
        else _machine.Fire(AnswerEvent.HandedOver);
    }

    private void Conclude(CloudQuestion cloud)
    {
        switch (cloud.End)
        {
            case CloudEnd.Stopped: Complete(FinishReason.Stop); break;
            case CloudEnd.Length: Complete(FinishReason.Length); break;
            case CloudEnd.Lost or CloudEnd.Failed: Lose(cloud.Failure()); break;
            default: _machine.Fire(AnswerEvent.HandedOver); break;
        }
    }

    /// <summary>Goes on without the server where the device can; else waits and asks again, a bounded number of times.</summary>
    private async Task ReconnectAsync(CancellationToken cancellationToken)
    {
        if (DeviceCanGoOn || DeviceCanDoAll)
        {
            _machine.Fire(AnswerEvent.DeviceGoesOn);
            return;
        }

        QwenVlException lost = _lost!;
        if (_backoff.After(lost) is not { } wait) throw Failure(lost);
        Log.AskingAgain(_logger, wait.TotalMilliseconds, lost.Message);
        await Task.Delay(wait, _options.TimeProvider, cancellationToken).ConfigureAwait(false);
        _account.Reconnects++;
        _machine.Fire(AnswerEvent.AskAgain);
    }

    private async Task WriteOnDeviceAsync(CancellationToken cancellationToken)
    {
        try
        {
            if (_writer!.Failure is { } failure) throw failure;
            if (_server is not null && _answer is { Count: > 0, Device.Count: 0 }) _account.TakenOverAt = _answer.Count;
            // Features that did not come whole are not waited for.
            if (!HasAllFeatures) _features = await EncodeOnceAsync(cancellationToken).ConfigureAwait(false);
            Complete(await _writer.FinishAsync(Features!, cancellationToken).ConfigureAwait(false));
        }
        catch (QwenVlException error) when (_server is not null)
        {
            Log.DeviceFailed(_logger, error);
            if (_answer.Device.Count == 0) _account.TakenOverAt = null;
            _machine.Fire(AnswerEvent.DeviceFailed);
        }
    }

    /// <summary>A picture that the device cannot encode once it cannot encode at all.</summary>
    private async Task<ArrivingFeatures> EncodeOnceAsync(CancellationToken cancellationToken)
    {
        try
        {
            return ArrivingFeatures.Of(await EncodeAsync(cancellationToken).ConfigureAwait(false));
        }
        catch (QwenVlException error)
        {
            _cannotEncode = error;
            throw;
        }
    }

    private async Task<ImageFeatures> EncodeAsync(CancellationToken cancellationToken)
    {
        (ImagePatches patches, _clock.DecodeImage) = await _clock.MeasureAsync(_device!.PrepareAsync(_question.Image, _options.MaxImagePixels, _question.Options.Resolution, _question.Prompt, cancellationToken)).ConfigureAwait(false);
        _account.VisualTokens = patches.Grid.Tokens;
        (ImageFeatures features, _clock.EncodeImage) = await _clock.MeasureAsync(_device.EncodeAsync(patches, cancellationToken)).ConfigureAwait(false);
        return features;
    }

    private void Complete(FinishReason reason)
    {
        _reason = reason;
        _machine.Fire(AnswerEvent.Completed);
    }

    private void Lose(QwenVlException error)
    {
        _lost = error;
        _account.WasLost = true;
        _machine.Fire(AnswerEvent.ServerLost);
    }

    /// <summary>Why nobody can go on.</summary>
    private QwenVlException Failure(QwenVlException lost)
    {
        if ((_writer?.Failure ?? _cannotEncode) is { } failed)
            return new QwenVlException(failed.Code, $"{failed.Message} The server could not go on either: {lost.Message}", failed) { ServerReason = lost.ServerReason, RetryAfter = lost.RetryAfter };
        return _wasAsked && lost.Code == QwenVlErrorCode.ConnectionFailed
            ? new QwenVlException(QwenVlErrorCode.ConnectionLost, $"The connection broke and could not be opened again: {lost.Message}", lost) { ServerReason = lost.ServerReason, RetryAfter = lost.RetryAfter }
            : lost;
    }

    private async ValueTask EndExchangeAsync()
    {
        if (_exchange is not { } exchange) return;
        _exchange = null;
        _account.Add(exchange);
        await exchange.DisposeAsync().ConfigureAwait(false);
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "The device's engines failed; the server writes on.")]
        public static partial void DeviceFailed(ILogger logger, Exception error);

        [LoggerMessage(2, LogLevel.Information, "The server was lost and is asked again in {Milliseconds:0} ms: {Reason}")]
        public static partial void AskingAgain(ILogger logger, double milliseconds, string reason);
    }
}
