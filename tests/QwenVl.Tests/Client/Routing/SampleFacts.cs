using QwenVl.Client.Answers;
using QwenVl.Client.Routing;

namespace QwenVl.Tests.Client.Routing;

/// <summary>Facts of a phone with the 2B shape and a server with a larger model.</summary>
internal static class SampleFacts
{
    public static readonly IReadOnlyList<Route> All = [Route.Hybrid, Route.CloudOnly, Route.CloudFeatures, Route.DeviceOnly];

    /// <summary>A fast phone.</summary>
    public static DeviceFacts Phone { get; } = new()
    {
        FeatureWidth = 2048,
        TapCount = 3,
        PrepareSecondsPerMegapixel = 0.02,
        Vision = [new VisionTime(256, 0.6), new VisionTime(1024, 3.2)],
        PrefillTokensPerSecond = 400,
        DecodeTokensPerSecond = 32,
    };

    /// <summary>A server whose batch gives each answer fifty tokens a second.</summary>
    public static ServerFacts Server { get; } = new()
    {
        Wait = TimeSpan.Zero,
        FeatureWait = TimeSpan.Zero,
        Preprocess = TimeSpan.FromMilliseconds(10),
        EncodeSecondsPerToken = 4e-5,
        FeatureSecondsPerToken = 4e-5,
        PrefillSecondsPerToken = 5e-5,
        SecondsPerToken = 0.02,
    };

    public static NetworkFacts WiFi { get; } = Network(50, 200, 10);

    public static NetworkFacts Mobile { get; } = Network(8, 20, 60);

    public static NetworkFacts Bad { get; } = Network(0.5, 1, 200);

    public static QuestionFacts Question { get; } = new()
    {
        ImageBytes = 150_000,
        ImagePixels = 1_000_000,
        VisualTokens = 256,
        VisualTokens512 = 256,
        PromptTokens = 30,
        ExpectedTokens = 50,
        TakeOverAfter = 4,
    };

    public static RoutingFacts Of(NetworkFacts network) => new() { Candidates = All, Question = Question, Network = network, Server = Server, Device = Phone };

    private static NetworkFacts Network(double upMegabits, double downMegabits, double roundTripMs) => new()
    {
        UpBytesPerSecond = upMegabits * 125_000,
        DownBytesPerSecond = downMegabits * 125_000,
        RoundTrip = TimeSpan.FromMilliseconds(roundTripMs),
    };
}
