using QwenVl.Client;
using QwenVl.Client.Answers;
using QwenVl.Client.Transport;

namespace QwenVl.Tests.Client.Fakes;

/// <summary>One client on one scripted stream, and everything that an answer gave out.</summary>
internal static class Conversation
{
    public static QwenVlClientOptions Options { get; } = new() { PrefillChunk = 7, MaxReconnects = 3, ReconnectDelay = TimeSpan.FromMilliseconds(1), MaxReconnectDelay = TimeSpan.FromMilliseconds(2), FirstTokenPatience = Timeout.InfiniteTimeSpan };

    public static Task<QwenVlClient> ConnectAsync(FakeStream stream, Func<HashDecoder>? decoder = null) => ConnectAsync(stream.Server, decoder);

    public static async Task<QwenVlClient> ConnectAsync(ServerChannel server, Func<HashDecoder>? decoder = null, QwenVlClientOptions? options = null)
    {
        var client = new QwenVlClient(options ?? Options, TinyModel.Device(decoder), server);
        try
        {
            await client.ConnectAsync(TestContext.Current.CancellationToken);
            return client;
        }
        catch
        {
            await client.DisposeAsync();
            throw;
        }
    }

    public static async Task<(List<AnswerToken> Tokens, AnswerSummary Summary)> ReadAsync(Answer answer)
    {
        var tokens = new List<AnswerToken>();
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        await foreach (AnswerToken token in answer.WithCancellation(timeout.Token)) tokens.Add(token);
        AnswerSummary summary = await answer.GetSummaryAsync(timeout.Token);
        Assert.Equal(Enumerable.Range(0, tokens.Count), tokens.Select(token => token.Index));
        Assert.Equal(tokens.Count(token => token.Source == TokenSource.Cloud), summary.CloudTokens);
        Assert.Equal(tokens.Count(token => token.Source == TokenSource.Device), summary.DeviceTokens);
        Assert.StartsWith(string.Concat(tokens.Select(token => token.Text)), summary.Text, StringComparison.Ordinal);
        return (tokens, summary);
    }

    public static async Task<(List<AnswerToken> Tokens, AnswerSummary Summary)> AskAsync(ScriptedServer server, string question, GenerateOptions options)
    {
        await using QwenVlClient client = await ConnectAsync(server.Open());
        return await ReadAsync(await client.GenerateAsync(server.Image, question, options));
    }
}
