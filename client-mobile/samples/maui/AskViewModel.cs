using System.ComponentModel;
using QwenVl.Client;
using QwenVl.Client.Answers;
using QwenVl.Client.Images;

namespace QwenVlSample;

/// <summary>
/// What the page shows and does, without a word of MAUI. Call it from the screen's thread: it never waits there, and changes
/// its properties there.
/// </summary>
public sealed class AskViewModel : INotifyPropertyChanged, IAsyncDisposable
{
    private QwenVlClient? _client;
    private CancellationTokenSource? _asking;
    private string? _connectedTo;

    /// <inheritdoc/>
    public event PropertyChangedEventHandler? PropertyChanged;

    /// <summary>The server's address; blank where the device works alone.</summary>
    public string Server { get; set; } = "";

    /// <summary>The folder of the device's engines; null where there are none.</summary>
    public string? Engines { get; set; }

    /// <summary>What to ask.</summary>
    public string Prompt { get; set; } = "What is in the picture?";

    /// <summary>The answer so far.</summary>
    public string Text { get; private set; } = "";

    /// <summary>Who wrote how much, or what went wrong.</summary>
    public string Status { get; private set; } = "";

    /// <summary>Asks about an encoded picture and shows the answer as it comes; an earlier question is given up.</summary>
    public async Task AskAsync(byte[] picture)
    {
        Stop();
        using var asking = new CancellationTokenSource();
        _asking = asking;
        Show("", "Asking…");
        try
        {
            QwenVlClient client = await OpenAsync(asking.Token);
            var options = new GenerateOptions { Route = RouteOf() };
            await using Answer answer = await client.GenerateAsync(ClientImage.FromBytes(picture), Prompt, options, asking.Token);
            await foreach (AnswerToken token in answer.WithCancellation(asking.Token)) Show(Text + token.Text, Status);
            AnswerSummary summary = await answer.GetSummaryAsync(asking.Token);
            Show(summary.Text, $"{summary.CloudTokens} tokens by the server, {summary.DeviceTokens} by this device");
        }
        catch (OperationCanceledException)
        {
            if (_asking == asking) Show(Text, "Stopped.");
        }
        catch (QwenVlException error)
        {
            Show(Text, error.Message);
        }
        finally
        {
            if (_asking == asking) _asking = null;
        }
    }

    /// <summary>Gives the question up, as when the app goes to the background.</summary>
    public void Stop() => _asking?.Cancel();

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        Stop();
        if (_client is not null) await _client.DisposeAsync();
    }

    private async Task<QwenVlClient> OpenAsync(CancellationToken cancellationToken)
    {
        if (_client is not null && _connectedTo != Server)
        {
            await _client.DisposeAsync();
            _client = null;
        }

        _connectedTo = Server;
        _client ??= new QwenVlClient(new QwenVlClientOptions
        {
            ServerAddress = Server.Length > 0 ? new Uri(Server) : null,
            DeviceEnginePath = Engines,
        });
        if (Server.Length > 0) await _client.ConnectAsync(cancellationToken);
        return _client;
    }

    private Route RouteOf() => (Server.Length > 0, Engines is not null) switch
    {
        (true, true) => Route.Hybrid,
        (true, false) => Route.CloudOnly,
        _ => Route.DeviceOnly,
    };

    private void Show(string text, string status)
    {
        (Text, Status) = (text, status);
        PropertyChanged?.Invoke(this, new PropertyChangedEventArgs(nameof(Text)));
        PropertyChanged?.Invoke(this, new PropertyChangedEventArgs(nameof(Status)));
    }
}
