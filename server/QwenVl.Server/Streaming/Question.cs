using System.Threading.Channels;
using QwenVl.Model.Execution;
using QwenVl.Model.Features;
using QwenVl.Model.Prompts;
using QwenVl.Model.Sampling;
using QwenVl.Model.Text;
using QwenVl.Protos.V1;
using QwenVl.Runtime.Decoding;
using QwenVl.Runtime.Encoding;
using QwenVl.Runtime.Errors;
using QwenVl.Runtime.Hosting;
using QwenVl.Runtime.Preprocessing;
using QwenVl.Runtime.Queueing;
using QwenVl.Server.Telemetry;

namespace QwenVl.Server.Streaming;

/// <summary>One question under way: features and tokens side by side, then exactly one message that ends it.</summary>
internal sealed class Question(Ask ask, ModelHost models, HostedTower? clientTower, RequestTerms terms, StreamServices services, OutgoingMessages outgoing) : IDisposable
{
    private readonly CancellationTokenSource _cancel = new();
    private readonly QuestionTimings _timings = new(ask.QuestionId, services.Time);
    private readonly Lock _lock = new();
    private RequestTerms _terms = RequestTerms.Default;
    private IReadOnlyList<ImageEncoding> _images = [];
    private Generation? _generation;
    private QuestionTrace? _trace;
    private int _takeOverAt = ask.TakeOverAt > 0 ? ask.TakeOverAt : int.MaxValue;
    private int _promptTokens;
    private int _count;
    private bool _leavesFeatures;
    private volatile bool _isEnding;
    private bool _isOver;

    /// <summary>Whether the message that ends it is on its way.</summary>
    public bool IsEnding
    {
        get => _isEnding;
        private set => _isEnding = value;
    }

    /// <summary>Ends the question without an answer.</summary>
    public void Cancel()
    {
        lock (_lock)
            if (!_isOver) _cancel.Cancel();
    }

    /// <summary>Lets the client write every token from an index on.</summary>
    public void TakeOver(int nextIndex)
    {
        lock (_lock)
        {
            _takeOverAt = Math.Min(_takeOverAt, Math.Max(nextIndex, 0));
            _generation?.StopAt(_takeOverAt);
        }
    }

    /// <summary>Answers, and writes the message that ends the question, whatever happens.</summary>
    /// <param name="images">The pictures of the conversation, in order; looked up when the question came.</param>
    /// <param name="stream">Ends with the stream.</param>
    /// <exception cref="OperationCanceledException">The stream has ended: nobody is there to be told.</exception>
    public async Task RunAsync(Func<IReadOnlyList<EncodedImage>> images, CancellationToken stream)
    {
        string outcome = "abandoned";
        string? error = null;
        _trace = QuestionTrace.Begin(ask, terms.Tenant, services.Time);
        try
        {
            (outcome, ServerMessage last) = await ConcludeAsync(images, stream);
            error = last.QuestionFailed?.Reason;
            IsEnding = true;
            await WriteLastAsync(_timings.ToMessage(_images, LoadHint.Of(models, clientTower)), stream);
            await WriteLastAsync(last, stream);
        }
        finally
        {
            services.Metrics.Ended(outcome, _timings.Elapsed);
            _trace?.End(outcome, error, _images.Sum(image => image.Grid.Tokens), _promptTokens, Math.Max(_count - ask.AnswerPrefix.Count, 0));
        }
    }

    /// <summary>Lets go of all that is large: a stream knows its last question until it asks another.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            _isOver = true;
            (_images, _generation, _trace) = ([], null, null);
        }

        _cancel.Dispose();
    }

    /// <summary>What ends a question goes behind its features, unless nobody needs these any longer.</summary>
    private ValueTask WriteLastAsync(ServerMessage message, CancellationToken stream) =>
        _leavesFeatures ? outgoing.WriteFirstAsync(message, stream) : outgoing.WriteAsync(message, stream);

    /// <summary>Answers.</summary>
    /// <returns>How the question ended, for metrics, and the message that says so.</returns>
    private async Task<(string Outcome, ServerMessage Last)> ConcludeAsync(Func<IReadOnlyList<EncodedImage>> images, CancellationToken stream)
    {
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(stream, _cancel.Token);
        try
        {
            return Ended(await AnswerAsync(images(), linked));
        }
        catch (OperationCanceledException) when (_cancel.IsCancellationRequested && !stream.IsCancellationRequested)
        {
            return ("cancelled", new ServerMessage { Finished = new Finished { QuestionId = ask.QuestionId, Reason = Finished.Types.Reason.Cancelled, Count = _count, PromptTokens = _promptTokens } });
        }
        catch (RequestException refused)
        {
            services.Refusals.Add(refused.Reason);
            return ("refused", Failed(StatusErrors.CodeOf(refused.Error), refused.Reason, refused.Message, refused.RetryAfter));
        }
        catch (Exception defect) when (defect is not (OperationCanceledException or ChannelClosedException))
        {
            services.Log.QuestionFailed(ask.QuestionId, defect);
            return ("failed", Failed(Google.Rpc.Code.Internal, RequestReason.Internal, "The server failed on this question."));
        }
        finally
        {
            // Nothing of the question may go on in a tower or the decoder.
            await linked.CancelAsync();
            foreach (ImageEncoding image in _images) image.Dispose();
        }
    }

    private async Task<GenerationResult?> AnswerAsync(IReadOnlyList<EncodedImage> images, CancellationTokenSource linked)
    {
        if (!ask.Tokens && ask.Features == FeatureType.Unspecified)
            throw RequestException.Invalid(RequestReason.NothingAsked, "The question asks for neither features nor tokens.");
        _terms = terms with { Priority = AskMapping.PriorityOf(ask) };
        SamplingParameters sampling = AskMapping.Sampling(ask.Sampling);
        long? maxPixels = AskMapping.MaxPixels(ask.Resolution, images.Count);
        int towers = (ask.Tokens ? 1 : 0) + (ask.Features == FeatureType.Unspecified ? 0 : 1);
        if (ask.Tokens) models.Model.Decoder.RequireRoom();
        bool isReading = ReadingPrompt.Matches(ask.Prompt);
        _images = await BeginAsync(images.Select(image => services.Features.BeginAsync(image, maxPixels, isReading, terms.Tenant, towers, linked.Token)));
        _trace?.Prepared(_images);
        Prompt prompt = services.Prompts.Build(models.Model, AskMapping.Turns(ask, [.. _images.Select(image => image.Grid)]));
        _promptTokens = prompt.Length;

        using var forFeatures = CancellationTokenSource.CreateLinkedTokenSource(linked.Token);
        Task features = ask.Features == FeatureType.Unspecified ? Task.CompletedTask : SendFeaturesAsync(forFeatures.Token);
        Task<GenerationResult?> tokens = ask.Tokens ? SendTokensAsync(prompt, sampling, linked.Token) : Task.FromResult<GenerationResult?>(null);
        // The half that fails ends the other.
        Task first = await Task.WhenAny(features, tokens);
        if (!first.IsCompletedSuccessfully) await linked.CancelAsync();
        if (IsAnswered()) await forFeatures.CancelAsync();
        await Task.WhenAll(features, tokens).ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        await first;
        _leavesFeatures = IsAnswered();
        if (!_leavesFeatures) await features;
        return await tokens;

        bool IsAnswered() => ask.FeaturesUntilAnswered && tokens is { IsCompletedSuccessfully: true, Result.End: GenerationEnd.Stop or GenerationEnd.Length };
    }

    /// <summary>All pictures, or none that is still held.</summary>
    private static async Task<IReadOnlyList<ImageEncoding>> BeginAsync(IEnumerable<Task<ImageEncoding>> pictures)
    {
        Task<ImageEncoding>[] all = [.. pictures];
        try
        {
            return await Task.WhenAll(all);
        }
        catch
        {
            foreach (Task<ImageEncoding> picture in all.Where(picture => picture.IsCompletedSuccessfully)) (await picture).Dispose();
            throw;
        }
    }

    private async Task SendFeaturesAsync(CancellationToken cancellation)
    {
        HostedTower tower = clientTower ?? throw RequestException.Precondition(RequestReason.FingerprintUnknown, "Features were asked for, but the hello named no checkpoint that they should be for.");
        if (!Enum.IsDefined(ask.Features)) throw RequestException.Invalid(RequestReason.BadRequest, $"Feature type {(int)ask.Features} is unknown.");
        var sender = new FeatureSender(outgoing, services.Metrics);
        IReadOnlyList<uint> ids = AskMapping.ImageIds(ask);
        HeldFeatures held = HeldFeatures.From(ask, _images.Count);
        var sent = new HashSet<uint>();
        for (int i = 0; i < _images.Count; i++)
        {
            // A picture that the conversation shows twice has one set of features.
            if (!sent.Add(ids[i])) continue;
            EncodeResult result = await EncodeAsync(_images[i], tower, QuestionTrace.EncodeForClient, cancellation);
            _timings.EncodedForClient(result);
            _timings.FeaturesBegan();
            double began = _trace?.Elapsed ?? 0;
            int bytes = await sender.SendAsync(ask.QuestionId, ids[i], _images[i], tower, result, ask.Features, held, cancellation);
            _trace?.SentFeatures(began, bytes);
        }
    }

    private async Task<EncodeResult> EncodeAsync(ImageEncoding image, HostedTower tower, string stage, CancellationToken cancellation)
    {
        EncodeResult result = await image.EncodeAsync(tower, _terms, cancellation);
        _trace?.Encoded(stage, image, tower, result);
        return result;
    }

    private async Task<GenerationResult?> SendTokensAsync(Prompt prompt, SamplingParameters sampling, CancellationToken cancellation)
    {
        HostedModel model = models.Model;
        services.Prompts.CheckPrefix(model, prompt, ask.AnswerPrefix);
        int most = services.Prompts.MaxNewTokens(model, prompt, ask.MaxNewTokens);
        _count = ask.AnswerPrefix.Count;
        EncodeResult[] encoded = await Task.WhenAll(_images.Select(image => EncodeAsync(image, model.Tower, QuestionTrace.Encode, cancellation)));
        foreach (EncodeResult result in encoded) _timings.Encoded(result);
        VisualRows? visual = encoded.Length == 0 ? null : VisualRows.Join([.. encoded.Select(result => result.Features)]);
        var request = new GenerationRequest(prompt, visual, [.. ask.AnswerPrefix], most, sampling, model.Tower.Config.StopTokenIds) { Terms = _terms };
        double queued = _trace?.Elapsed ?? 0;
        Generation generation;
        lock (_lock)
        {
            generation = model.Decoder.Start(request with { TakeOverAt = _takeOverAt }, cancellation);
            _generation = generation;
        }

        await ForwardAsync(generation, model.Tokenizer, cancellation);
        GenerationResult end = await generation.Completion;
        _timings.Generated(end, end.Count - ask.AnswerPrefix.Count);
        _trace?.Generated(queued, end, end.Count - ask.AnswerPrefix.Count);
        return end;
    }

    private async Task ForwardAsync(Generation generation, QwenTokenizer tokenizer, CancellationToken cancellation)
    {
        var detokenizer = new IncrementalDetokenizer(tokenizer);
        foreach (int id in ask.AnswerPrefix) detokenizer.Append(id);
        while (await generation.Tokens.WaitToReadAsync(cancellation))
        {
            // What has come meanwhile goes out together: a slow link gets fewer, larger messages.
            Tokens? message = null;
            while (generation.Tokens.TryRead(out GeneratedToken token))
            {
                message ??= new Tokens { QuestionId = ask.QuestionId, FirstIndex = token.Index };
                message.Ids.Add(token.Id);
                message.Text += detokenizer.Append(token.Id);
            }

            if (message is null) continue;
            message.Crc32C = TokensChecksum.Compute(message.FirstIndex, message.Ids);
            if (_timings.TokensBegan()) services.Metrics.FirstToken(_timings.Elapsed);
            await outgoing.WriteFirstAsync(new ServerMessage { Tokens = message }, cancellation);
            _count = message.FirstIndex + message.Ids.Count;
        }
    }

    private (string Outcome, ServerMessage Last) Ended(GenerationResult? result)
    {
        if (result is { End: GenerationEnd.TakenOver })
            return ("handed_off", new ServerMessage { HandedOff = new HandedOff { QuestionId = ask.QuestionId, Count = result.Count } });

        Finished.Types.Reason reason = result?.End switch
        {
            GenerationEnd.Stop => Finished.Types.Reason.Stop,
            GenerationEnd.Length => Finished.Types.Reason.Length,
            _ => Finished.Types.Reason.FeaturesOnly,
        };
        var finished = new Finished { QuestionId = ask.QuestionId, Reason = reason, Count = result?.Count ?? 0, PromptTokens = _promptTokens };
        return (result is null ? "features_only" : "finished", new ServerMessage { Finished = finished });
    }

    private ServerMessage Failed(Google.Rpc.Code code, string reason, string message, TimeSpan? retryAfter = null)
    {
        int milliseconds = (int)Math.Ceiling((retryAfter ?? TimeSpan.Zero).TotalMilliseconds);
        return new() { QuestionFailed = new QuestionFailed { QuestionId = ask.QuestionId, Code = (int)code, Reason = reason, Message = message, RetryAfterMs = milliseconds } };
    }
}
