using System.Globalization;
using QwenVl.Client.Answers;

namespace QwenVl.Client.Routing;

/// <summary>Says in one line what was chosen, why, and by which numbers.</summary>
internal static class RouteExplanation
{
    private const double BytesPerMegabyte = 1e6;

    /// <summary>Of a choice among predictions.</summary>
    public static string Of(RoutePrediction chosen, IReadOnlyList<RoutePrediction> predictions, RoutingFacts facts, string why)
    {
        string resolution = chosen.Resolution != facts.Question.Resolution && chosen.Resolution == PictureResolution.Pixels512 ? " at 512" : "";
        string share = chosen.Route == Route.Hybrid
            ? string.Create(CultureInfo.InvariantCulture, $", the server writes {chosen.CloudTokens} of about {facts.Question.ExpectedTokens:0} tokens")
            : "";
        string[] others = [.. predictions.Where(route => route.Route != chosen.Route).OrderBy(route => route.Total).Select(route => $"{Name(route.Route)} {Time(route.Total)}")];
        string than = others.Length > 0 ? $"; {string.Join(", ", others)}" : "";
        return $"{Name(chosen.Route)}{resolution}: {why}; {Time(chosen.Total)} predicted{share}{than}{Measured(chosen, others.Length, facts)}";
    }

    /// <summary>Of a route that nothing was weighed for.</summary>
    public static string Of(Route route, string why) => $"{Name(route)}: {why}";

    /// <summary>A route's name in a sentence.</summary>
    public static string Name(Route route) => route switch
    {
        Route.Hybrid => "hybrid",
        Route.CloudOnly => "cloud only",
        Route.CloudFeatures => "cloud features",
        Route.DeviceOnly => "device only",
        _ => "auto",
    };

    private static string Measured(RoutePrediction chosen, int others, RoutingFacts facts)
    {
        if (others == 0 && chosen.Route == Route.DeviceOnly) return "";
        List<string> known = [];
        if (facts.Network.UpBytesPerSecond is { } up) known.Add($"{Rate(up)} up");
        if (facts.Network.DownBytesPerSecond is { } down) known.Add($"{Rate(down)} down");
        if (facts.Network.RoundTrip is { } roundTrip) known.Add($"round trip {Time(roundTrip)}");
        if (facts.Server.Wait is { } wait) known.Add(wait < TimeSpan.FromMilliseconds(1) ? "no queue" : $"queue {Time(wait)}");
        return known.Count > 0 ? $"; {string.Join(", ", known)}" : "; nothing measured yet";
    }

    private static string Rate(double bytesPerSecond) => string.Create(CultureInfo.InvariantCulture, $"{bytesPerSecond / BytesPerMegabyte:0.##} MB/s");

    private static string Time(TimeSpan time) => time < TimeSpan.FromSeconds(1)
        ? string.Create(CultureInfo.InvariantCulture, $"{time.TotalMilliseconds:0} ms")
        : string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.0} s");
}
