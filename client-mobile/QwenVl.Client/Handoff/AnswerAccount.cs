using QwenVl.Client.Answers;
using QwenVl.Client.Transport;

namespace QwenVl.Client.Handoff;

/// <summary>What an answer took, over all of its questions to the server and all of the device's work.</summary>
internal sealed class AnswerAccount
{
    private long _bytesSent;
    private long _bytesSaved;
    private long _bytesReceived;
    private ServerStageTimings? _server;
    private long _firstChunkAt;
    private long _featuresAt;
    private long _handedOffAt;

    /// <summary>The index of the device's first token where the server had begun.</summary>
    public int? TakenOverAt { get; set; }

    /// <summary>Tokens of the picture where the device prepared it.</summary>
    public int? VisualTokens { get; set; }

    /// <summary>Whether it rested in between.</summary>
    public bool WasPaused { get; set; }

    /// <summary>Whether the server was lost.</summary>
    public bool WasLost { get; set; }

    /// <summary>How often the server was asked again.</summary>
    public int Reconnects { get; set; }

    /// <summary>Adds a question to the server that has ended.</summary>
    public void Add(CloudExchange exchange)
    {
        CloudQuestion question = exchange.Question;
        _bytesSent += exchange.BytesSent;
        _bytesSaved += exchange.Picture?.Saved ?? 0;
        _bytesReceived += question.BytesReceived;
        _server = question.Timings ?? _server;
        if (_firstChunkAt == 0) _firstChunkAt = question.FirstChunkAt;
        if (_featuresAt == 0) _featuresAt = question.FeaturesAt;
        if (_handedOffAt == 0) _handedOffAt = question.HandedOffAt;
    }

    /// <summary>Closes the account.</summary>
    public AnswerSummary Summarize(AnswerWriter answer, FinishReason reason, AnswerClock clock) => new()
    {
        Text = answer.Complete(),
        FinishReason = reason,
        VisualTokens = _server?.VisualTokens ?? VisualTokens,
        CloudTokens = answer.Cloud.Count,
        DeviceTokens = answer.Device.Count,
        TakenOverAt = TakenOverAt,
        ConnectionLost = WasLost,
        WasPaused = WasPaused,
        Reconnects = Reconnects,
        BytesSent = _bytesSent,
        BytesSaved = _bytesSaved,
        BytesReceived = _bytesReceived,
        Server = _server,
        Timings = new StageTimings
        {
            DecodeImage = clock.DecodeImage,
            EncodeImage = clock.EncodeImage,
            Upload = clock.Upload,
            FirstFeatureChunk = clock.Since(_firstChunkAt),
            FeaturesComplete = clock.Since(_featuresAt),
            Prefill = clock.Prefill,
            PrefillComplete = clock.PrefillComplete,
            TakeOverRequested = clock.TakeOverRequested,
            HandedOff = clock.Since(_handedOffAt),
            // Where the device failed later, the server's last token is not the one before the seam.
            SeamStall = TakenOverAt is null || answer.Device.First < answer.Cloud.Last ? null : answer.Device.First - answer.Cloud.Last,
            FirstToken = answer.Cloud.First ?? answer.Device.First,
            FirstDeviceToken = answer.Device.First,
            CloudPerToken = answer.Cloud.PerToken,
            DevicePerToken = answer.Device.PerToken,
            Total = clock.Now,
        },
    };
}
