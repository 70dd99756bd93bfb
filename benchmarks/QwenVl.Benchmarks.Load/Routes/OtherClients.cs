using QwenVl.Client;
using QwenVl.Client.Answers;

namespace QwenVl.Benchmarks.Load.Routes;

/// <summary>Others that keep the server's decoder busy: each asks, waits for the answer, and asks again.</summary>
internal sealed class OtherClients : IAsyncDisposable
{
    private const int MaxNewTokens = 64;
    private static readonly TimeSpan AfterRefusal = TimeSpan.FromMilliseconds(200);

    private readonly CancellationTokenSource _ending = new();
    private readonly TaskCompletionSource _busy = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task _running;
    private int _answers;
    private int _refusals;

    private OtherClients(Uri server, int clients, IReadOnlyList<RouteQuestion> questions, FreshPictures pictures, TimeProvider time) =>
        _running = Task.WhenAll(Enumerable.Range(0, clients).Select(client => AskAsync(server, client, clients, questions, pictures, time)));

    /// <summary>Answers so far.</summary>
    public int Answers => Volatile.Read(ref _answers);

    /// <summary>Refusals so far.</summary>
    public int Refusals => Volatile.Read(ref _refusals);

    /// <summary>Starts them, and waits until as many answers or refusals have come as there are clients.</summary>
    public static async Task<OtherClients> StartAsync(Uri server, int clients, IReadOnlyList<RouteQuestion> questions, FreshPictures pictures, TimeProvider time, CancellationToken cancellation)
    {
        var others = new OtherClients(server, clients, questions, pictures, time);
        if (clients > 0) await (await Task.WhenAny(others._busy.Task, others._running)).WaitAsync(cancellation);
        return others;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _ending.Dispose();
    }

    private async Task AskAsync(Uri server, int client, int clients, IReadOnlyList<RouteQuestion> questions, FreshPictures pictures, TimeProvider time)
    {
        await using var connection = new QwenVlClient(new QwenVlClientOptions { ServerAddress = server });
        for (int i = client; !_ending.IsCancellationRequested; i++)
        {
            try
            {
                await connection.ConnectAsync(_ending.Token);
                RouteQuestion question = questions[i % questions.Count];
                var options = new GenerateOptions { Route = Route.CloudOnly, MaxNewTokens = MaxNewTokens };
                await using Answer answer = await connection.GenerateAsync(pictures.Of(question.Jpeg), question.Asked.Prompt, options, _ending.Token);
                await answer.GetSummaryAsync(_ending.Token);
                Interlocked.Increment(ref _answers);
            }
            catch (QwenVlException)
            {
                Interlocked.Increment(ref _refusals);
                await Task.Delay(AfterRefusal, time, _ending.Token);
            }

            if (Answers + Refusals >= clients) _busy.TrySetResult();
        }
    }
}
