namespace QwenVl.Client.Routing;

/// <summary>What is taken for true until something has been measured. Times are on the short side: a route that is better than it looks would never be tried, one that is worse is found out at once.</summary>
internal static class RoutingPriors
{
    /// <summary>Seconds; between a good network and a bad one.</summary>
    public const double RoundTrip = 0.06;

    /// <summary>Bytes a second: 12 Mbit/s.</summary>
    public const double Up = 1_500_000;

    /// <summary>Bytes a second: 32 Mbit/s.</summary>
    public const double Down = 4_000_000;

    /// <summary>Tokens of a picture at the 512 resolution.</summary>
    public const int VisualTokens = 256;

    /// <summary>Server: seconds for a picture.</summary>
    public const double Preprocess = 0.01;

    /// <summary>Server: seconds for a token of a picture.</summary>
    public const double Encode = 5e-5;

    /// <summary>Server: seconds for a token of a prompt.</summary>
    public const double Prefill = 5e-5;

    /// <summary>Server: seconds for a token of an answer.</summary>
    public const double ServerToken = 0.015;

    /// <summary>Device: seconds for a million pixels.</summary>
    public const double Prepare = 0.02;

    /// <summary>Device: seconds for a token of a picture.</summary>
    public const double Vision = 0.004;

    /// <summary>Device: prompt tokens a second.</summary>
    public const double PrefillTokens = 200;

    /// <summary>Device: tokens of an answer a second.</summary>
    public const double DecodeTokens = 20;

    /// <summary>Tokens of an answer, until answers to its kind of prompt have come.</summary>
    public static double AnswerTokens(PromptKind kind) => kind switch
    {
        PromptKind.Description => 120,
        PromptKind.Reading => 24,
        _ => 32,
    };
}
