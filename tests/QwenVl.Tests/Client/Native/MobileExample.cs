using QwenVl.Client;
using QwenVl.Client.Answers;
using QwenVl.Client.Images;

namespace QwenVl.Tests.Client.Native;

/// <summary>What docs/mobile.md shows, word for word between the marks.</summary>
internal static class MobileExample
{
    // example: first
    public static async Task AskAsync(string server, string engines, byte[] photo, TextWriter screen)
    {
        await using var client = new QwenVlClient(new QwenVlClientOptions
        {
            ServerAddress = new Uri(server),
            DeviceEnginePath = engines,
        });
        await client.ConnectAsync();
        await client.WarmUp(512, 512);

        await using Answer answer = await client.GenerateAsync(ClientImage.FromBytes(photo), "What is in the picture?");
        await foreach (AnswerToken token in answer) await screen.WriteAsync(token.Text);
        AnswerSummary summary = await answer.GetSummaryAsync();
        await screen.WriteLineAsync($"\n{summary.CloudTokens} tokens by the server, {summary.DeviceTokens} by this device");
    }

    // example: private
    public static async Task<string> AskPrivatelyAsync(string engines, byte[] photo, string prompt, CancellationToken cancellationToken)
    {
        // No ServerAddress: this client cannot open a connection.
        await using var client = new QwenVlClient(new QwenVlClientOptions { DeviceEnginePath = engines });
        var options = new GenerateOptions { Route = Route.DeviceOnly, Resolution = PictureResolution.Pixels512, MaxNewTokens = 64 };
        await using Answer answer = await client.GenerateAsync(ClientImage.FromBytes(photo), prompt, options, cancellationToken);
        return (await answer.GetSummaryAsync(cancellationToken)).Text;
    }

    // example: errors
    public static async Task<string> TryAsync(QwenVlClient client, ClientImage photo, string prompt)
    {
        try
        {
            await using Answer answer = await client.GenerateAsync(photo, prompt);
            return (await answer.GetSummaryAsync()).Text;
        }
        catch (QwenVlException error) when (error.Code is QwenVlErrorCode.NotConnected or QwenVlErrorCode.ConnectionLost)
        {
            await using Answer answer = await client.GenerateAsync(photo, prompt, new GenerateOptions { Route = Route.DeviceOnly });
            return (await answer.GetSummaryAsync()).Text;
        }
    }

    // example: end
}
