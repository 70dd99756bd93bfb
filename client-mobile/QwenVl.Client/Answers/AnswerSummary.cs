using QwenVl.Client.Routing;

namespace QwenVl.Client.Answers;

/// <summary>An answer when it is complete.</summary>
public sealed record AnswerSummary
{
    /// <summary>The whole text. A character that the last token left incomplete is U+FFFD at its end.</summary>
    public required string Text { get; init; }

    /// <summary>Why it ended.</summary>
    public required FinishReason FinishReason { get; init; }

    /// <summary>Tokens of the picture, which grow with its resolution; null where only the server saw the picture and did not say.</summary>
    public int? VisualTokens { get; init; }

    /// <summary>Tokens written by the server.</summary>
    public required int CloudTokens { get; init; }

    /// <summary>Tokens written by the device.</summary>
    public required int DeviceTokens { get; init; }

    /// <summary>The index of the device's first token where it took over from the server; null where it did not.</summary>
    public int? TakenOverAt { get; init; }

    /// <summary>Whether the server was lost under way; the device or the server, asked again, went on.</summary>
    public bool ConnectionLost { get; init; }

    /// <summary>Whether it rested in between: its times then say nothing of how fast anybody is.</summary>
    internal bool WasPaused { get; init; }

    /// <summary>How often the server was asked again after it was lost.</summary>
    public int Reconnects { get; init; }

    /// <summary>Bytes of messages sent for this question, the picture included where this question sent it.</summary>
    public required long BytesSent { get; init; }

    /// <summary>Bytes of the picture that were not sent, because the server had them from an earlier connection; 0 where this question did not announce the picture.</summary>
    public long BytesSaved { get; init; }

    /// <summary>Bytes of messages received for this question.</summary>
    public required long BytesReceived { get; init; }

    /// <summary>What was decided about the route, predicted and needed; null for an answer from features that were there before.</summary>
    public RouteOutcome? Outcome { get; init; }

    /// <summary>Where the time went on the client.</summary>
    public required StageTimings Timings { get; init; }

    /// <summary>Where the time went on the server, for the last of its parts; null where it did not say.</summary>
    public ServerStageTimings? Server { get; init; }
}
