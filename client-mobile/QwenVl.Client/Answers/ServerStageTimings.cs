using QwenVl.Client.Routing;
using QwenVl.Protos.V1;

namespace QwenVl.Client.Answers;

/// <summary>Where a question's time went on the server, as it says. Zero where a stage did not happen.</summary>
public sealed record ServerStageTimings
{
    /// <summary>Waiting for a worker or a batch.</summary>
    public TimeSpan Queue { get; init; }

    /// <summary>Decoding, resizing and cutting the picture.</summary>
    public TimeSpan Preprocess { get; init; }

    /// <summary>The large model's vision tower.</summary>
    public TimeSpan Encode { get; init; }

    /// <summary>The vision tower of the device's checkpoint.</summary>
    public TimeSpan ClientEncode { get; init; }

    /// <summary>The large model taking in the prompt.</summary>
    public TimeSpan Prefill { get; init; }

    /// <summary>The large model writing tokens.</summary>
    public TimeSpan Decode { get; init; }

    /// <summary>From the question's arrival to the first features sent.</summary>
    public TimeSpan FirstFeatures { get; init; }

    /// <summary>From the question's arrival to the first token sent.</summary>
    public TimeSpan FirstToken { get; init; }

    /// <summary>All of it.</summary>
    public TimeSpan Total { get; init; }

    /// <summary>Tokens that the large model wrote.</summary>
    public int GeneratedTokens { get; init; }

    /// <summary>Tokens of the question's pictures.</summary>
    public int VisualTokens { get; init; }

    /// <summary>What a question that came at its end would have met; null where the server did not say.</summary>
    public ServerLoadHint? Load { get; init; }

    internal static ServerStageTimings From(ServerTimings timings) => new()
    {
        Queue = Span(timings.QueueSeconds),
        Preprocess = Span(timings.PreprocessSeconds),
        Encode = Span(timings.EncodeSeconds),
        ClientEncode = Span(timings.ClientEncodeSeconds),
        Prefill = Span(timings.PrefillSeconds),
        Decode = Span(timings.DecodeSeconds),
        FirstFeatures = Span(timings.FirstFeaturesSeconds),
        FirstToken = Span(timings.FirstTokenSeconds),
        Total = Span(timings.TotalSeconds),
        GeneratedTokens = timings.GeneratedTokens,
        VisualTokens = timings.VisualTokens,
        Load = ServerLoadHint.From(timings.Load),
    };

    /// <summary>A server's number is not trusted to be one.</summary>
    private static TimeSpan Span(double seconds) => seconds is > 0 and < 1e6 ? TimeSpan.FromSeconds(seconds) : TimeSpan.Zero;
}
