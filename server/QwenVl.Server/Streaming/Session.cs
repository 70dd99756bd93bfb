using System.Collections.Concurrent;
using Grpc.Core;
using QwenVl.Protos.V1;
using QwenVl.Runtime.Errors;
using QwenVl.Runtime.Hosting;
using QwenVl.Runtime.Preprocessing;
using QwenVl.Runtime.Queueing;
using QwenVl.Server.Telemetry;

namespace QwenVl.Server.Streaming;

/// <summary>One stream of one client: reads its messages in order, runs its questions side by side.</summary>
internal sealed class Session(ModelHost models, RequestTerms terms, StreamServices services, OutgoingMessages outgoing) : IDisposable
{
    private readonly StreamImages _images = new(services.Features, services.Runtime, services.Admission, services.Metrics, terms.Tenant);
    private readonly ConcurrentDictionary<uint, Question?> _questions = [];
    private readonly List<(Question Question, Task Task)> _running = [];
    private HostedTower? _clientTower;

    /// <summary>Reads until the client has said its last word and every question has ended.</summary>
    /// <exception cref="RequestException">The client's mistake makes the stream unusable.</exception>
    public async Task RunAsync(IAsyncStreamReader<ClientMessage> reader, CancellationToken cancellation)
    {
        CancellationToken stopping = services.Lifetime.ApplicationStopping;
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        using var reading = CancellationTokenSource.CreateLinkedTokenSource(cancellation, stopping);
        try
        {
            await GreetAsync(reader, reading.Token);
            while (await reader.MoveNext(reading.Token)) await HandleAsync(reader.Current, ending.Token);
            await RunningAsync().WaitAsync(reading.Token);
        }
        catch (Exception error) when (error is not RequestException && stopping.IsCancellationRequested && !cancellation.IsCancellationRequested)
        {
            await DrainAsync(cancellation);
            throw RequestException.Ending();
        }
        finally
        {
            // Whatever ended the stream ends its questions, and nothing of them outlives it.
            await ending.CancelAsync();
            await RunningAsync().ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        }
    }

    public void Dispose() => _images.Dispose();

    private Task RunningAsync() => Task.WhenAll(_running.Select(question => question.Task));

    /// <summary>The server is ending: questions under way have their time, new ones are not read.</summary>
    private async Task DrainAsync(CancellationToken cancellation)
    {
        try
        {
            await RunningAsync().WaitAsync(TimeSpan.FromSeconds(services.Server.Value.DrainSeconds), services.Time, cancellation);
        }
        catch (TimeoutException)
        {
            // They are cancelled with the stream.
        }
    }

    private async Task GreetAsync(IAsyncStreamReader<ClientMessage> reader, CancellationToken cancellation)
    {
        TimeSpan timeout = TimeSpan.FromSeconds(services.Server.Value.HelloTimeoutSeconds);
        try
        {
            if (!await reader.MoveNext(cancellation).WaitAsync(timeout, services.Time, cancellation)) throw Expected("the stream ended");
        }
        catch (TimeoutException)
        {
            throw Expected($"nothing came for {timeout.TotalSeconds:0} s");
        }

        if (reader.Current.Hello is not { } hello) throw Expected($"{reader.Current.MessageCase} came");
        _clientTower = Handshake.Accept(hello, models);
        services.Log.StreamOpened(Printable(hello.ClientName), terms.Tenant.Name, Handshake.Short(_clientTower?.Fingerprint.Model ?? "none"));
        await outgoing.WriteAsync(Handshake.Welcome(models, _clientTower, services.Runtime.Value), cancellation);
    }

    private async Task HandleAsync(ClientMessage message, CancellationToken cancellation)
    {
        switch (message.MessageCase)
        {
            case ClientMessage.MessageOneofCase.ImageStart:
                await outgoing.WriteFirstAsync(_images.Start(message.ImageStart), cancellation);
                break;
            case ClientMessage.MessageOneofCase.ImageChunk:
                if (_images.Add(message.ImageChunk) is { } ready) await outgoing.WriteFirstAsync(ready, cancellation);
                break;
            case ClientMessage.MessageOneofCase.ImageForget:
                _images.Forget(message.ImageForget.ImageId);
                break;
            case ClientMessage.MessageOneofCase.Ask:
                await AskAsync(message.Ask, cancellation);
                break;
            case ClientMessage.MessageOneofCase.TakeOver:
                Find(message.TakeOver.QuestionId)?.TakeOver(message.TakeOver.NextIndex);
                break;
            case ClientMessage.MessageOneofCase.Cancel:
                Find(message.Cancel.QuestionId)?.Cancel();
                break;
            default:
                throw RequestException.Invalid(RequestReason.BadRequest, $"{message.MessageCase} is not expected here.");
        }
    }

    private async Task AskAsync(Ask ask, CancellationToken cancellation)
    {
        if (_questions.ContainsKey(ask.QuestionId)) throw RequestException.Invalid(RequestReason.QuestionKnown, $"Question {ask.QuestionId} was asked before on this stream.");
        _running.RemoveAll(question => question.Task.IsCompleted);
        // A question whose last message is on its way counts no more: the client may have read it before this server has tidied up.
        int underWay = _running.Count(running => !running.Question.IsEnding);
        if (underWay >= services.Runtime.Value.MaxConcurrentQuestions)
        {
            _questions[ask.QuestionId] = null;
            services.Refusals.Add(RequestReason.QuestionLimit);
            QuestionTrace.Begin(ask, terms.Tenant, services.Time)?.End("refused", RequestReason.QuestionLimit);
            var failed = new QuestionFailed { QuestionId = ask.QuestionId, Code = (int)Google.Rpc.Code.ResourceExhausted, Reason = RequestReason.QuestionLimit, Message = $"{underWay} questions of this stream are under way already. Wait for one to end." };
            await outgoing.WriteAsync(new ServerMessage { QuestionFailed = failed }, cancellation);
            return;
        }

        var question = new Question(ask, models, _clientTower, terms, services, outgoing);
        _questions[ask.QuestionId] = question;
        // Looked up now: what is announced later belongs to later questions.
        Func<IReadOnlyList<EncodedImage>> images = LookUp(ask);
        _running.Add((question, RunAsync(ask.QuestionId, question, images, cancellation)));
    }

    private Func<IReadOnlyList<EncodedImage>> LookUp(Ask ask)
    {
        try
        {
            IReadOnlyList<uint> ids = AskMapping.ImageIds(ask);
            // Each is at least one token: what cannot fit is not even looked up.
            if (ids.Count > services.Runtime.Value.MaxPromptTokens)
                throw RequestException.Invalid(RequestReason.PromptTooLong, $"The question names {ids.Count} pictures; at most {services.Runtime.Value.MaxPromptTokens} tokens, visual ones included, are accepted.");
            EncodedImage[] images = [.. ids.Select(_images.Get)];
            return () => images;
        }
        catch (RequestException refused)
        {
            return () => throw refused;
        }
    }

    private async Task RunAsync(uint id, Question question, Func<IReadOnlyList<EncodedImage>> images, CancellationToken cancellation)
    {
        services.Live.QuestionsChanged(1);
        try
        {
            await question.RunAsync(images, cancellation);
        }
        catch (Exception error) when (error is OperationCanceledException or System.Threading.Channels.ChannelClosedException)
        {
            // The stream is ending: nobody is there to be told.
        }
        finally
        {
            _questions[id] = null;
            question.Dispose();
            services.Live.QuestionsChanged(-1);
        }
    }

    /// <summary>A question; null where it is over or was refused, since such messages cross its end on the wire.</summary>
    private Question? Find(uint id) => _questions.TryGetValue(id, out Question? question)
        ? question
        : throw RequestException.Invalid(RequestReason.QuestionUnknown, $"Question {id} was not asked on this stream.");

    private static string Printable(string name) => string.Concat(name.Where(character => !char.IsControl(character)).Take(64));

    private static RequestException Expected(string instead) =>
        RequestException.Invalid(RequestReason.HelloExpected, $"A stream begins with a hello, but {instead}.");
}
